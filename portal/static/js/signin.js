// The sign-in over an open page: a part or an input was answered 401, the form stays, and after the sign-in it goes again.
const dialog = document.getElementById("sign-in-again");
const waiting = [];

if (dialog) {
  const form = dialog.querySelector("form");
  const complaint = form.querySelector("[role=alert]");
  const [email, password, code] = ["again-email", "again-password", "again-code"].map((id) => document.getElementById(id));
  const withKey = form.querySelector("[data-with-key]");
  let step = "password";
  let opener = null;

  const say = (text) => {
    complaint.textContent = text;
    complaint.hidden = !text;
  };
  const turn = (next, keys = false) => {
    step = next;
    withKey.hidden = step !== "code" || !keys || !window.PublicKeyCredential;
    for (const part of form.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== step;
    (step === "code" ? code : email.value ? password : email).focus();
  };
  const open = () => {
    if (dialog.open) return;
    opener = document.activeElement;
    say("");
    dialog.showModal();
    turn("password");
  };

  // The token of forged requests is new with every sign-in: each place of the page that carries it gets the new one.
  const renew = (token) => {
    document.querySelector('meta[name="csrf-token"]').content = token;
    for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = token;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  };
  const goOn = () => {
    password.value = code.value = "";
    dialog.close();
    opener?.focus?.();
    document.dispatchEvent(new CustomEvent("portal:signed-in"));
    for (const { verb, path, source, target, swap, values } of waiting.splice(0)) {
      delete values.csrf_token;
      window.htmx.ajax(verb, path, { source, target, swap, values });
    }
  };

  const ask = (url, fields) =>
    fetch(url, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content, Accept: "application/json" },
      credentials: "same-origin",
    });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say("");
    try {
      const answer = await (step === "code" ? ask(dialog.dataset.code, { code: code.value }) : ask(dialog.dataset.signIn, { email: email.value, password: password.value }));
      const data = (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json() : {};
      if (!answer.ok) return say(data.message ?? (answer.status === 429 ? "Слишком много попыток. Повторите через 15 минут." : "Не получилось войти. Повторите."));
      renew(data.csrf);
      if (!data.same) return location.assign("/");
      if (data.stage === "code") return turn("code", data.passkeys);
      if (data.stage === "password") return say("Задайте свой пароль в соседней вкладке и войдите снова.");
      if (data.stage !== "whole") return say("Настройте второй шаг входа в соседней вкладке и войдите снова.");
      goOn();
    } catch {
      say("Нет связи с порталом. Ваши данные на месте.");
    }
  });
  dialog.addEventListener("portal:passkey-shown", goOn);
  form.querySelector("[data-later]").addEventListener("click", () => dialog.close());

  document.addEventListener("portal:signed-out", open);
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr, requestConfig, target, etc } = event.detail;
    if (xhr.status !== 401) return;
    // The page stays, with what was typed on it; without this script the answer's own header leads to the sign-in.
    event.preventDefault();
    waiting.push({ verb: requestConfig.verb, path: requestConfig.path, source: requestConfig.elt, target, swap: etc?.swapOverride, values: Object.fromEntries(requestConfig.formData?.entries() ?? []) });
    open();
  });
}
