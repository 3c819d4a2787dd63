// Passkeys: a form that carries data-passkey asks the portal what to sign, has the browser sign it, and sends the
// answer as any form is sent. Loaded only by pages with such a form; nothing is stored here.
const BINARY = { create: ["challenge", "user.id"], get: ["challenge"] };

function bytes(text) {
  const padded = text.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  let letters = "";
  for (const byte of new Uint8Array(buffer)) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// The options come as JSON, with what is binary in base64url; the browser wants bytes.
function readable(options, act) {
  for (const path of BINARY[act]) {
    const [first, second] = path.split(".");
    if (second) options[first][second] = bytes(options[first][second]);
    else options[first] = bytes(options[first]);
  }
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    for (const known of options[list] ?? []) known.id = bytes(known.id);
  }
  return options;
}

function written(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: {},
  });
}

function say(form, fault) {
  const box = form.querySelector("[data-passkey-fault]");
  for (const words of box.querySelectorAll("[data-fault]")) words.hidden = words.dataset.fault !== fault;
  box.hidden = !fault;
}

async function ask(form) {
  const token = new FormData();
  token.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const answer = await fetch(form.dataset.options, { method: "POST", body: token, redirect: "manual" });
  // Led elsewhere: the proof is no longer fresh, or the time is over. The page itself leads the person there.
  if (answer.type === "opaqueredirect" || answer.status === 410) {
    window.location.reload();
    return null;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).publicKey;
}

async function use(form) {
  const act = form.dataset.passkey;
  let options;
  try {
    options = await ask(form);
  } catch {
    say(form, "broken");
    return;
  }
  if (!options) return;
  try {
    const credential = await navigator.credentials[act]({ publicKey: readable(options, act) });
    form.elements.credential.value = written(credential);
    form.submit();
  } catch (fault) {
    say(form, fault.name === "InvalidStateError" ? "known" : "refused");
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!window.PublicKeyCredential) {
      say(form, "missing");
      return;
    }
    if (busy) return;
    busy = true;
    say(form, "");
    await use(form);
    busy = false;
  });
}
