// Ticked rows: the row is tinted, the bar counts, the button says how many. data-select on the table names the form.
const plural = (n, data) => {
  const [tens, ones] = [n % 100, n % 10];
  if (tens > 10 && tens < 15) return data.many;
  if (ones === 1) return data.one;
  return ones > 1 && ones < 5 ? data.few : data.many;
};

function refresh(table) {
  const boxes = [...table.querySelectorAll("tbody input[type=checkbox][form]")];
  const ticked = boxes.filter((box) => box.checked);
  const name = table.dataset.select;
  for (const box of boxes) box.closest("tr").classList.toggle("on", box.checked);
  const all = table.querySelector("[data-select-all]");
  if (all) {
    all.checked = ticked.length > 0 && ticked.length === boxes.length;
    all.indeterminate = ticked.length > 0 && !all.checked;
  }
  for (const count of document.querySelectorAll(`[data-selection="${name}"]`)) {
    count.textContent = `${ticked.length} ${plural(ticked.length, count.dataset)}`;
    count.closest(".bar").hidden = ticked.length === 0;
  }
  for (const button of document.querySelectorAll(`[data-count="${name}"]`)) {
    const word = button.querySelector("span") ?? button;
    word.textContent = `${button.dataset.text} ${ticked.length} ${plural(ticked.length, button.dataset)}`;
  }
}

let last = null;
document.addEventListener("click", (event) => {
  const box = event.target;
  const table = box.closest?.("table[data-select]");
  const none = box.closest?.("[data-select-none]");
  if (none) {
    event.preventDefault();
    const wanted = document.querySelector(`table[data-select="${none.dataset.selectNone}"]`);
    wanted.querySelectorAll("tbody input[type=checkbox]").forEach((one) => (one.checked = false));
    refresh(wanted);
  }
  if (!table || !box.matches("input[type=checkbox]")) return;
  const boxes = [...table.querySelectorAll("tbody input[type=checkbox][form]")];
  if (box.matches("[data-select-all]")) boxes.forEach((one) => (one.checked = box.checked));
  else if (event.shiftKey && last && boxes.includes(last)) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((one) => (one.checked = box.checked));
  }
  last = box;
  refresh(table);
});

const prepare = () => document.querySelectorAll("table[data-select]").forEach(refresh);
document.addEventListener("htmx:afterSettle", prepare);
window.addEventListener("pageshow", prepare);
