// Passkeys: what the portal asks of the browser, and what the browser answers, as JSON with base64url inside.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  buffer && btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

const asked = (options) => {
  const opened = structuredClone(options.publicKey);
  opened.challenge = bytes(opened.challenge);
  if (opened.user) opened.user.id = bytes(opened.user.id);
  for (const list of [opened.excludeCredentials, opened.allowCredentials]) {
    (list || []).forEach((one) => { one.id = bytes(one.id); });
  }
  return { publicKey: opened };
};

const answered = (found) => ({
  id: found.id,
  rawId: text(found.rawId),
  type: found.type,
  authenticatorAttachment: found.authenticatorAttachment,
  clientExtensionResults: found.getClientExtensionResults(),
  response: said(found.response),
});

const said = (response) =>
  "attestationObject" in response
    ? {
        clientDataJSON: text(response.clientDataJSON),
        attestationObject: text(response.attestationObject),
        transports: response.getTransports?.() || [],
      }
    : {
        clientDataJSON: text(response.clientDataJSON),
        authenticatorData: text(response.authenticatorData),
        signature: text(response.signature),
        userHandle: text(response.userHandle),
      };

async function options(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.dataset.from, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options;
}

async function ask(form) {
  const error = form.querySelector("[data-passkey-error]");
  error.hidden = true;
  try {
    const wanted = asked(await options(form));
    const found = await navigator.credentials[form.dataset.passkey](wanted);
    form.elements.credential.value = JSON.stringify(answered(found));
    form.submit();
  } catch (problem) {
    error.hidden = false;
    error.focus();
  }
}

if (window.PublicKeyCredential) {
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.closest("[data-passkeys]").hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
  });
  document.querySelectorAll("[data-no-passkeys]").forEach((part) => { part.hidden = true; });
}
