// One cell, one request: on leaving the field and 800 ms after the last key. Nothing is kept in the browser's storage.
// <input data-autosave="/address" data-version="3" name="value">: posts name=value and version, the answer is
// {"version": 4, "saved_at": "14:32"}; 409 and 422 answer {"message": "…"} and leave what was typed.
const PAUSE = 800;
const RETRY = [2000, 5000, 15000, 30000];
const cells = new Map();

const valueOf = (input) => (input.type === "checkbox" ? (input.checked ? "1" : "") : input.value);
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

function show(state, text) {
  for (const place of document.querySelectorAll("[data-saved]")) {
    place.dataset.state = state;
    const words = place.querySelector("[data-saved-text]");
    if (words.textContent !== text) words.textContent = text;
  }
}

const waiting = () => [...cells.values()].some((cell) => cell.sending || cell.timer || cell.failed);
const report = (time) => {
  const failed = [...cells.values()].filter((cell) => cell.failed);
  if (failed.length) show("error", `Не сохранено: ${failed[0].failed}`);
  else if (waiting()) show("busy", "Сохраняется…");
  else show("ok", `Сохранено ${time}`);
};

function mark(input, message) {
  input.setAttribute("aria-invalid", message ? "true" : "false");
  input.closest("td, .field")?.classList.toggle("bad", Boolean(message));
  input.title = message ?? "";
}

async function send(input, cell) {
  clearTimeout(cell.timer);
  cell.timer = null;
  const value = valueOf(input);
  if (cell.sending || value === cell.saved) return;
  cell.sending = true;
  show("busy", "Сохраняется…");
  const body = new URLSearchParams({ [input.name]: value, version: input.dataset.version ?? "" });
  try {
    const answer = await fetch(input.dataset.autosave, { method: "POST", body, headers: { "X-CSRFToken": token(), Accept: "application/json" }, credentials: "same-origin" });
    // After the end of a sign-in the answer is a page: that is no saving.
    const ours = !answer.redirected && (answer.headers.get("Content-Type") ?? "").includes("json");
    const data = ours ? await answer.json() : {};
    if (answer.ok && ours) {
      cell.saved = value;
      cell.failed = null;
      cell.tries = 0;
      if (data.version !== undefined) input.dataset.version = data.version;
      mark(input, null);
      input.dispatchEvent(new CustomEvent("portal:saved", { bubbles: true, detail: data }));
      cell.time = data.saved_at ?? new Date().toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit" });
    } else if (answer.status >= 500 || answer.status === 429) throw new Error("later");
    else {
      const ended = answer.redirected || answer.status === 401;
      cell.failed = data.message ?? (ended ? "вход закончился. Войдите ещё раз" : "изменение не принято");
      if (ended) document.dispatchEvent(new CustomEvent("portal:signed-out"));
      mark(input, cell.failed);
    }
  } catch {
    // No connection or a server at rest: what was typed stays in the field and goes again by itself.
    cell.failed = navigator.onLine ? "повторяем" : "нет связи";
    cell.timer = setTimeout(() => send(input, cell), RETRY[Math.min(cell.tries, RETRY.length - 1)]);
    cell.tries += 1;
  }
  cell.sending = false;
  report(cell.time);
  if (!cell.failed && valueOf(input) !== cell.saved) send(input, cell);
}

const cellOf = (input) => {
  if (!cells.has(input)) cells.set(input, { saved: input.defaultValue ?? "", timer: null, sending: false, failed: null, tries: 0, time: "" });
  return cells.get(input);
};
const soon = (input, delay) => {
  const cell = cellOf(input);
  clearTimeout(cell.timer);
  cell.timer = setTimeout(() => send(input, cell), delay);
};

document.addEventListener("focusin", (event) => {
  const input = event.target;
  if (!input.matches?.("[data-autosave]") || cells.has(input)) return;
  cellOf(input).saved = valueOf(input);
});
document.addEventListener("input", (event) => event.target.matches?.("[data-autosave]") && soon(event.target, PAUSE));
document.addEventListener("change", (event) => event.target.matches?.("[data-autosave]") && soon(event.target, 0));
document.addEventListener("focusout", (event) => event.target.matches?.("[data-autosave]") && cells.has(event.target) && send(event.target, cellOf(event.target)));
const flush = () => cells.forEach((cell, input) => send(input, cell));
document.addEventListener("portal:save", flush);
document.addEventListener("portal:signed-in", flush);
window.addEventListener("online", flush);
window.addEventListener("beforeunload", (event) => {
  if (waiting()) event.preventDefault();
});
