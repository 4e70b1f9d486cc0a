// Dates, uploads, filters: what a plain form does, made quicker.
const toIso = (text) => {
  const match = /^\s*(\d{1,2})[.\/\s-](\d{1,2})[.\/\s-](\d{4})\s*$/.exec(text);
  return match ? `${match[3]}-${match[2].padStart(2, "0")}-${match[1].padStart(2, "0")}` : "";
};
const toRussian = (iso) => iso.split("-").reverse().join(".");

const SVG = "http://www.w3.org/2000/svg";
function sign(name) {
  const sprite = document.querySelector("svg.i use")?.getAttribute("href").split("#")[0] ?? "";
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

// The browser's own calendar behind a button; the text field stays the one that is sent.
function addCalendar(input) {
  if (input.closest(".date-box") || typeof HTMLInputElement.prototype.showPicker !== "function") return;
  const box = document.createElement("span");
  const button = document.createElement("button");
  const native = document.createElement("input");
  box.className = "date-box";
  button.type = "button";
  button.className = "ico";
  button.setAttribute("aria-label", "Календарь");
  button.append(sign("calendar"));
  native.type = "date";
  native.tabIndex = -1;
  native.setAttribute("aria-hidden", "true");
  input.replaceWith(box);
  box.append(input, button, native);
  button.addEventListener("click", () => {
    native.value = toIso(input.value);
    native.showPicker();
  });
  native.addEventListener("change", () => {
    input.value = toRussian(native.value);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
}

// 5.9.2026, 05/09/2026 and 05092026 become 05.09.2026; what is not a date is left as typed for the server to name.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches?.("[data-date]")) return;
  const packed = /^(\d{2})(\d{2})(\d{4})$/.exec(input.value.trim());
  const iso = toIso(packed ? `${packed[1]}.${packed[2]}.${packed[3]}` : input.value);
  if (iso) input.value = toRussian(iso);
});

function upload(form) {
  const progress = form.querySelector("[data-upload-progress]");
  const [bar, words] = [progress.querySelector("progress"), progress.querySelector("span")];
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = Math.round((event.loaded / event.total) * 100);
    const megabytes = (bytes) => (bytes / 1048576).toFixed(1).replace(".", ",");
    words.textContent = event.loaded < event.total ? `${megabytes(event.loaded)} из ${megabytes(event.total)} МБ` : "Загружено, читаем";
  });
  const finish = (text) => {
    words.textContent = text;
    form.querySelector("button").removeAttribute("aria-disabled");
    delete form.dataset.going;
  };
  request.addEventListener("load", () => {
    // The answer of a form is a page: after a redirect go there, else show what came.
    if (request.responseURL && request.responseURL !== form.action) location.assign(request.responseURL);
    else if (request.response) document.documentElement.replaceWith(document.importNode(request.response.documentElement, true));
    else finish(`Не получилось загрузить (${request.status}). Файл выбран, повторите.`);
  });
  request.addEventListener("error", () => finish("Нет связи. Файл выбран, повторите."));
  progress.hidden = false;
  form.dataset.going = "1";
  form.querySelector("button").setAttribute("aria-disabled", "true");
  request.send(new FormData(form));
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-upload]")) return;
  event.preventDefault();
  if (!event.target.dataset.going) upload(event.target);
}, true);

for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const form = event.target.closest?.("[data-upload]");
    if (!form) return;
    event.preventDefault();
    form.classList.toggle("over", name === "dragover");
    const input = form.querySelector("input[type=file]");
    if (name === "drop" && event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}

// A filter that sends itself; without the script its button does.
document.addEventListener("change", (event) => {
  if (event.target.closest?.("form[data-auto]")) event.target.form.requestSubmit();
});

const prepare = (root) => root.querySelectorAll?.("[data-date]").forEach(addCalendar);
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
prepare(document);
