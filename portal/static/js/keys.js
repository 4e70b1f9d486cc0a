// Keys of the page. A letter key is matched by its place on the keyboard, so the layout does not matter.
const PLACE = { П: "KeyG", В: "KeyD", З: "KeyP", Н: "KeyY", Д: "KeyL", С: "KeyC", Р: "KeyH", О: "KeyJ", У: "KeyE", И: "KeyB", К: "KeyR" };

const typing = (element) => element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const shown = (element) => element.getClientRects().length > 0 && element.getAttribute("aria-disabled") !== "true";

const pressed = (event, wanted) => {
  const parts = wanted.split("+");
  const key = parts.pop();
  if (event.altKey !== parts.includes("Alt") || event.ctrlKey !== parts.includes("Ctrl") || event.metaKey) return false;
  return event.key === key || (PLACE[key] !== undefined && event.code === PLACE[key]);
};

const act = (element) => {
  if (element.matches("summary")) element.parentElement.open = !element.parentElement.open;
  else element.click();
  element.focus?.();
};

const textOf = (element) => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, svg").forEach((part) => part.remove());
  return (element.getAttribute("aria-label") || copy.textContent).replace(/\s+/g, " ").trim();
};

const NAMES = { "Alt+ArrowLeft": "Alt ←", "Alt+ArrowRight": "Alt →", "Alt+ArrowUp": "Alt ↑", "Alt+ArrowDown": "Alt ↓" };
const COMMON = [["/", "поиск"], ["Ctrl S", "сохранить"], ["Ctrl Enter", "главная кнопка страницы"], ["Esc", "закрыть окно или сведения"], ["?", "этот список"]];

function showList() {
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  const rows = [...document.querySelectorAll("[data-key]")].filter(shown).map((element) => [NAMES[element.dataset.key] ?? element.dataset.key, textOf(element)]);
  const lines = [...rows, ...COMMON].flatMap(([key, text]) => {
    const term = document.createElement("dt");
    const kbd = document.createElement("kbd");
    const meaning = document.createElement("dd");
    kbd.textContent = key;
    term.append(kbd);
    meaning.textContent = text;
    return [term, meaning];
  });
  dialog.querySelector("dl").replaceChildren(...lines);
  if (!dialog.open) dialog.showModal();
}

function save(event) {
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("portal:save"));
  if (document.activeElement?.matches("[data-autosave]")) return;
  const form = document.activeElement?.closest("form[data-save]") ?? document.querySelector("form[data-save]");
  form?.requestSubmit();
}

function choose(event) {
  const row = document.querySelector("[data-ask]:focus-within") ?? document.querySelector("[data-ask]");
  const choice = row?.querySelector(`[data-choice="${event.key}"]`);
  if (!choice) return false;
  choice.checked = true;
  choice.focus();
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const control = event.ctrlKey || event.metaKey;
  if (control && event.code === "KeyS") return save(event);
  if (control && event.key === "Enter") {
    const primary = [...document.querySelectorAll("main .btn-primary")].find(shown);
    if (primary) {
      event.preventDefault();
      act(primary);
    }
    return;
  }
  if (typing(event.target) && !event.altKey) return;
  if (event.key === "?" || (event.shiftKey && event.code === "Slash" && !control)) {
    event.preventDefault();
    return showList();
  }
  if (event.key === "/" || (event.code === "Slash" && !control && !event.altKey && !event.shiftKey)) {
    const search = document.getElementById("search");
    if (search && shown(search)) {
      event.preventDefault();
      search.focus();
      search.select();
    }
    return;
  }
  if (/^[1-9]$/.test(event.key) && !control && !event.altKey && choose(event)) return event.preventDefault();
  const target = [...document.querySelectorAll("[data-key]")].find((element) => shown(element) && pressed(event, element.dataset.key));
  // Enter on something that has its own meaning keeps it.
  if (!target || (event.key === "Enter" && event.target.closest("a, button, summary, input"))) return;
  event.preventDefault();
  act(target);
});
