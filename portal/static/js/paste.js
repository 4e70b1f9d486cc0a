// A table of inputs that takes a block of Excel. What is not understood stays in its cell, red, for a person to mend.
const MOST_ROWS = 1000;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MONTHS = ["январе", "феврале", "марте", "апреле", "мае", "июне", "июле", "августе", "сентябре", "октябре", "ноябре", "декабре"];
const YES = new Set(["да", "д", "+", "1", "х", "x", "есть", "истина", "true", "yes"]);
const NO = new Set(["нет", "н", "-", "–", "0", "ложь", "false", "no"]);

const squeeze = (text) => text.replace(/[\s\u00a0\u202f]+/g, " ").trim();
const plain = (text) => squeeze(text).toLowerCase().replaceAll("ё", "е").replace(/[«»"().,:*]/g, "");

// Excel writes tabs between cells, quotes around a cell that holds a line break, and an empty line at the end.
function parse(text) {
  const rows = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    const row = rows.at(-1);
    if (quoted) {
      if (sign !== '"') row[row.length - 1] += sign === "\n" ? " " : sign;
      else if (text[at + 1] === '"') row[row.length - 1] += text[(at += 1)];
      else quoted = false;
    } else if (sign === '"' && row.at(-1) === "") quoted = true;
    else if (sign === "\t") row.push("");
    else if (sign === "\n") rows.push([""]);
    else if (sign !== "\r") row[row.length - 1] += sign;
  }
  while (rows.length && rows.at(-1).every((cell) => squeeze(cell) === "")) rows.pop();
  return rows;
}

function date(text) {
  const ru = /^(\d{1,2})[.\/-](\d{1,2})[.\/-](\d{2}|\d{4})(?: г\.?)?(?: 0?0:00(?::00)?)?$/.exec(text);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$/.exec(text);
  if (!ru && !iso) return null;
  const [day, month, year] = ru ? [ru[1], ru[2], ru[3].length === 2 ? `20${ru[3]}` : ru[3]] : [iso[3], iso[2], iso[1]];
  return [day.padStart(2, "0"), month.padStart(2, "0"), year];
}

const READ = {
  text: squeeze,
  number: (text) => squeeze(text).replaceAll(" ", "").replace("−", "-").replace(/^(-?\d+)\.(\d+)$/, "$1,$2"),
  date: (text) => date(squeeze(text))?.join(".") ?? squeeze(text),
  yes: (text) => (YES.has(plain(text)) ? "да" : NO.has(plain(text)) ? "нет" : squeeze(text)),
};

function wrong(input) {
  const text = input.value.trim();
  if (!text) return "";
  const kind = input.dataset.type;
  if (kind === "number" && !/^-?\d+(,\d+)?$/.test(text)) return "нужно число";
  if (kind === "yes" && text !== "да" && text !== "нет") return "да или нет?";
  if (input.list) {
    const options = [...input.list.options].map((option) => option.value);
    const match = options.find((option) => plain(option) === plain(text));
    if (match) input.value = match;
    else return options.length < 4 ? `${options.join(" или ")}?` : "нет в списке";
  }
  if (kind !== "date") return "";
  const parts = date(text)?.map(Number);
  if (!parts || parts[1] < 1 || parts[1] > 12) return "нужно дд.мм.гггг";
  const [day, month, year] = parts;
  const days = month === 2 && ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0) ? 29 : DAYS[month - 1];
  return day > days || day < 1 ? `в ${MONTHS[month - 1]} ${days} дней` : "";
}

function check(input) {
  const text = wrong(input);
  const cell = input.parentElement;
  let note = cell.querySelector("small");
  cell.classList.remove("dup");
  cell.classList.toggle("bad", Boolean(text));
  if (text && !note) {
    note = document.createElement("small");
    note.id = `${input.id}-e`;
    cell.append(note);
  }
  if (note) note.textContent = text;
  if (!text) note?.remove();
  input.toggleAttribute("aria-invalid", Boolean(text));
  if (text) {
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", `${input.id}-e`);
  } else input.removeAttribute("aria-describedby");
}

const bodyOf = (table) => table.tBodies[0];
const inputsOf = (row) => [...row.querySelectorAll("input[data-type]")];
const rowsOf = (table) => [...bodyOf(table).rows];

function addRow(table) {
  const body = bodyOf(table);
  const old = body.rows.length - 1;
  const row = body.rows[old].cloneNode(true);
  const prefix = table.dataset.paste;
  row.className = "";
  row.querySelector(".rn").textContent = old + 2;
  row.querySelector(".what")?.replaceChildren();
  for (const input of inputsOf(row)) {
    input.name = input.name.replace(`${prefix}-${old}-`, `${prefix}-${old + 1}-`);
    input.id = input.name;
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, old + 2));
    input.setAttribute("value", "");
    input.value = "";
    for (const name of ["aria-invalid", "aria-describedby"]) input.removeAttribute(name);
    input.parentElement.className = "";
    input.parentElement.querySelector("small")?.remove();
  }
  body.append(row);
}

// What the cell held when the focus came.
let before = "";

// One step is one edit of a cell or one whole paste: [[input, before, after], …].
const done = new WeakMap();
const undone = new WeakMap();
const stack = (where, table) => where.get(table) ?? where.set(table, []).get(table);

function put(changes, side) {
  for (const change of changes) {
    change[0].value = change[side];
    check(change[0]);
  }
  changes[0]?.[0].focus();
  before = document.activeElement.value;
}
function record(table, changes) {
  if (!changes.length) return;
  stack(done, table).push(changes);
  undone.set(table, []);
}
function turn(table, from, to, side) {
  const step = stack(from, table).pop();
  if (!step) return false;
  put(step, side);
  stack(to, table).push(step);
  say(table, step.length > 1 ? (side === 1 ? "Вставка отменена" : "Вставка возвращена") : "Изменение отменено");
  return true;
}

const say = (table, text) => {
  const place = table.closest(".sheet-box")?.parentElement.querySelector("[data-paste-status]");
  if (place) place.textContent = text;
};

// A first line with the names of the columns says where each column goes.
function columnsOf(table, first, start) {
  const labels = [...table.tHead.rows[0].cells].map((cell) => plain(cell.firstChild?.textContent ?? "")).slice(1);
  const found = first.map((cell) => labels.indexOf(plain(cell)));
  const named = found.filter((at) => at >= 0).length >= Math.min(2, first.length) && found.some((at) => at >= 0);
  return named ? { skip: 1, places: found } : { skip: 0, places: first.map((_, at) => start + at) };
}

function fill(table, input, rows) {
  const top = rowsOf(table).indexOf(input.closest("tr"));
  const start = inputsOf(input.closest("tr")).indexOf(input);
  const widest = rows.reduce((wide, row) => (row.length > wide.length ? row : wide), rows[0]);
  const { skip, places } = columnsOf(table, rows[0].length === widest.length ? rows[0] : widest.map(() => ""), start);
  const block = rows.slice(skip, skip + MOST_ROWS);
  while (rowsOf(table).length < top + block.length + 1) addRow(table);
  const lines = rowsOf(table);
  const changes = [];
  block.forEach((cells, down) => {
    const targets = inputsOf(lines[top + down]);
    cells.forEach((text, at) => {
      const target = targets[places[at]];
      if (!target) return;
      changes.push([target, target.value, (READ[target.dataset.type] ?? READ.text)(text)]);
    });
  });
  put(changes, 2);
  record(table, changes);
  say(table, `Вставлено строк: ${block.length}. Ctrl+Z отменит всю вставку`);
  table.dispatchEvent(new CustomEvent("portal:pasted", { bubbles: true, detail: { rows: block.length } }));
}

const gridOf = (event) => (event.target.matches?.("input[data-type]") ? event.target.closest("table[data-paste]") : null);
document.addEventListener("paste", (event) => {
  const table = gridOf(event);
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!table || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
  event.preventDefault();
  const rows = parse(text);
  if (rows.length) fill(table, event.target, rows);
});
document.addEventListener("focusin", (event) => {
  if (!gridOf(event)) return;
  before = event.target.value;
  event.target.select();
});
document.addEventListener("change", (event) => {
  const table = gridOf(event);
  if (!table) return;
  const input = event.target;
  const after = (READ[input.dataset.type] ?? READ.text)(input.value);
  if (after !== before) record(table, [[input, before, after]]);
  input.value = before = after;
  check(input);
});
document.addEventListener("input", (event) => {
  const table = gridOf(event);
  if (table && event.target.closest("tr") === rowsOf(table).at(-1) && event.target.value) addRow(table);
});

function go(table, input, down, along) {
  const rows = rowsOf(table);
  const row = rows[rows.indexOf(input.closest("tr")) + down];
  const cells = inputsOf(row ?? input.closest("tr"));
  const at = inputsOf(input.closest("tr")).indexOf(input) + along;
  if (!row || !cells[at]) return false;
  cells[at].focus();
  return true;
}
function fillDown(table, input) {
  const rows = rowsOf(table);
  const above = rows[rows.indexOf(input.closest("tr")) - 1];
  if (!above) return;
  const change = [input, input.value, inputsOf(above)[inputsOf(input.closest("tr")).indexOf(input)].value];
  put([change], 2);
  before = input.value;
  record(table, [change]);
}

document.addEventListener("keydown", (event) => {
  const table = gridOf(event);
  if (!table) return;
  const input = event.target;
  const control = (event.ctrlKey || event.metaKey) && !event.altKey;
  const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
  const back = event.code === "KeyZ" && !event.shiftKey;
  const forth = event.code === "KeyY" || (event.code === "KeyZ" && event.shiftKey);
  let handled = false;
  if (control && (back || forth)) handled = input.value === before && (back ? turn(table, done, undone, 1) : turn(table, undone, done, 2));
  else if (control && event.code === "KeyD") {
    fillDown(table, input);
    handled = true;
  } else if (control || event.altKey || event.isComposing) return;
  else if (event.key === "Enter" || event.key === "ArrowDown") handled = go(table, input, 1, 0) || event.key === "Enter";
  else if (event.key === "ArrowUp") handled = go(table, input, -1, 0);
  else if (event.key === "ArrowLeft" && (whole || input.selectionEnd === 0)) handled = go(table, input, 0, -1);
  else if (event.key === "ArrowRight" && (whole || input.selectionStart === input.value.length)) handled = go(table, input, 0, 1);
  else if (event.key === "F2") {
    input.setSelectionRange(input.value.length, input.value.length);
    handled = true;
  } else if (event.key === "Escape" && input.value !== before) {
    input.value = before;
    handled = true;
  }
  if (handled) event.preventDefault();
});
