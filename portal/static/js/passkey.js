// Passkeys: <div data-passkey="make|show|prove" data-options="/address" data-answer="/address"><button>…</button></div>.
// "prove" puts the answer into the form around it (input name=passkey) and sends that form; data-stay tells the page
// of a success instead of leaving it.
// The options come as JSON, the browser's answer goes back as JSON in a form field; a refusal is said in the last <p>.
// What stands in an input data-name or data-password goes along.
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const letters = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

const post = (url, body) => fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token(), Accept: "application/json" }, credentials: "same-origin" });

async function make(options) {
  const made = await navigator.credentials.create({
    publicKey: { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: withBytes(options.excludeCredentials) },
  });
  return { id: made.id, rawId: letters(made.rawId), type: made.type, response: { clientDataJSON: letters(made.response.clientDataJSON), attestationObject: letters(made.response.attestationObject) } };
}

async function show(options) {
  const shown = await navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: withBytes(options.allowCredentials) } });
  const { clientDataJSON, authenticatorData, signature } = shown.response;
  return { id: shown.id, rawId: letters(shown.rawId), type: shown.type, response: { clientDataJSON: letters(clientDataJSON), authenticatorData: letters(authenticatorData), signature: letters(signature) } };
}

async function answerOf(reply) {
  const data = (reply.headers.get("Content-Type") ?? "").includes("json") ? await reply.json() : {};
  if (!reply.ok) throw new Error(data.message ?? "refused");
  return data;
}

async function run(place) {
  const typed = (name) => place.querySelector(`[data-${name}]`)?.value ?? "";
  const options = await answerOf(await post(place.dataset.options, new URLSearchParams({ password: typed("password") })));
  const answer = await (place.dataset.passkey === "make" ? make : show)(options);
  if (place.dataset.passkey === "prove") {
    const form = place.closest("form");
    place.querySelector("[name=passkey]").value = JSON.stringify(answer);
    // The password beside it need not be typed now; what is missing besides is told by the page's answer.
    form.noValidate = true;
    return form.requestSubmit();
  }
  const reply = await post(place.dataset.answer, new URLSearchParams({ answer: JSON.stringify(answer), name: typed("name"), password: typed("password") }));
  const data = await answerOf(reply);
  if (place.dataset.stay !== undefined) return place.dispatchEvent(new CustomEvent("portal:passkey-shown", { bubbles: true }));
  location.assign(data.next);
}

for (const place of document.querySelectorAll("[data-passkey]")) {
  const button = place.querySelector("button");
  const words = place.querySelector("[role=alert]");
  if (!window.PublicKeyCredential) {
    place.hidden = true;
    continue;
  }
  button.addEventListener("click", async () => {
    words.hidden = true;
    try {
      await run(place);
    } catch (error) {
      // The browser's own reasons are in English and say little.
      words.textContent = /[а-я]/i.test(error.message) ? error.message : `Ключ не сработал. Попробуйте ещё раз или введите ${place.dataset.passkey === "prove" ? "пароль" : "код"}.`;
      words.hidden = false;
    }
  });
}
