// «Откуда число»: opened by htmx beside the grid, closed without loading; the focus goes in and comes back.
let opener = null;

const mark = (link) => {
  document.querySelectorAll(".f-open").forEach((cell) => cell.classList.remove("f-open"));
  link?.closest(".cell")?.classList.add("f-open");
};

document.addEventListener("htmx:beforeRequest", (event) => {
  const target = event.detail.target;
  if (target?.classList.contains("drawer")) opener = event.detail.elt;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const drawer = event.target.closest?.(".drawer") ?? document.getElementById(event.detail.target?.id);
  if (!drawer?.classList.contains("drawer") || drawer.hidden || !opener) return;
  mark(opener);
  drawer.querySelector("h2")?.focus();
});

function close(drawer) {
  drawer.hidden = true;
  mark(null);
  const back = opener?.isConnected ? opener : document.querySelector(".cell a[aria-current]");
  back?.removeAttribute("aria-current");
  back?.focus();
  opener = null;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-close]");
  const drawer = link && document.getElementById(link.dataset.close);
  if (!drawer || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  history.replaceState(null, "", link.href);
  close(drawer);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], details[name=menu][open]")) return;
  const drawer = document.querySelector(".drawer:not([hidden])");
  drawer?.querySelector("[data-close]")?.click();
});

// Arrows walk over the cells of a month.
document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.(".mgrid .cell");
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!cell || !step || event.altKey || event.ctrlKey || event.target.matches("input, select, textarea")) return;
  const row = step[0] ? (step[0] > 0 ? cell.parentElement.nextElementSibling : cell.parentElement.previousElementSibling) : cell.parentElement;
  const next = row?.children[cell.cellIndex + step[1]]?.querySelector("a, input");
  if (!next) return;
  event.preventDefault();
  next.focus();
});
