// What every page has: menus that close, a guard against the second submit, errors that get the focus, the offline line.

const openMenus = () => document.querySelectorAll("details[name=menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A double click creates one thing. The button is marked after the form has gone, so its name and value go with it;
// aria-disabled and not disabled, so that the focus stays; pageshow frees it when one comes back.
const release = (form) => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[data-busy]")) {
    button.removeAttribute("aria-disabled");
    delete button.dataset.busy;
  }
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  // A file to keep leaves the page as it is: the form may be sent again at once.
  if (event.submitter?.dataset.again !== undefined) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const button = event.submitter;
  setTimeout(() => {
    if (event.defaultPrevented) return release(form);
    if (button) {
      button.dataset.busy = "1";
      button.setAttribute("aria-disabled", "true");
    }
  });
  setTimeout(() => release(form), 15000);
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
document.addEventListener("htmx:afterRequest", (event) => event.target.closest?.("form") && release(event.target.closest("form")));

document.addEventListener("click", (event) => {
  const dead = event.target.closest?.('a[aria-disabled="true"]');
  if (dead) event.preventDefault();
  if (event.target.closest?.("[data-print-page]")) {
    event.preventDefault();
    window.print();
  }
});

// On a phone a line of links scrolls sideways; where one stands is in view from the start.
for (const line of document.querySelectorAll("nav.tabs")) {
  const here = line.querySelector("[aria-current]");
  if (here) line.scrollLeft = here.offsetLeft - line.offsetLeft - (line.clientWidth - here.offsetWidth) / 2;
}

document.querySelector("[data-focus]")?.focus();

// A part of the page that could not be fetched says so, with the number to name; what was typed stays.
const say = (text) => {
  const region = document.getElementById("messages");
  if (!region) return;
  const line = document.createElement("p");
  line.className = "note note-err";
  line.textContent = text;
  region.replaceChildren(line);
};
document.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  if (answer.status === 401) return;
  // An error is answered with its page: its own words are better than ours.
  const page = new DOMParser().parseFromString(answer.responseText, "text/html");
  const words = (place) => page.querySelector(place)?.textContent.replace(/\s+/g, " ").trim();
  const number = words(".incident b");
  say(`${words("main h1") ?? "Не получилось выполнить"}. ${words("main h1 + p") ?? "Ваши данные на месте. Повторите."}${number ? ` № ${number}` : ""}`);
});
document.addEventListener("htmx:sendError", () => say("Нет связи с порталом. Ваши данные на месте. Повторите, когда связь вернётся."));

const offline = document.getElementById("offline");
const showConnection = () => {
  if (offline) offline.hidden = navigator.onLine;
};
window.addEventListener("online", showConnection);
window.addEventListener("offline", showConnection);
showConnection();
