// A kept form, sealed by the portal, goes with this tab where the sign-in leaves the page: to a provider, over a passkey.
// Pages with <input name=draft> put it away; the sign-in takes it up again; [data-kept] hands it in; [data-kept-shown] is its end.
const KEY = "kept-form";
const held = document.querySelector("input[name=draft]");
const take = () => {
  try {
    const value = sessionStorage.getItem(KEY) ?? "";
    sessionStorage.removeItem(KEY);
    return value;
  } catch {
    return "";
  }
};

const handIn = document.querySelector("form[data-kept]");
const signIn = document.querySelector("form[data-sign-in]");
if (handIn) {
  const value = take();
  if (value) {
    handIn.elements.kept.value = value;
    handIn.submit();
  }
} else if (document.querySelector("[data-kept-shown]")) {
  take();
} else if (held) {
  try {
    sessionStorage.setItem(KEY, held.value);
    for (const way of document.querySelectorAll("[data-keeps]")) way.hidden = false;
  } catch {
    // No room or not allowed: the ways that leave the page stay hidden, the password keeps the form.
  }
} else if (signIn) {
  const value = take();
  if (value) signIn.append(Object.assign(document.createElement("input"), { type: "hidden", name: "draft", value }));
}
