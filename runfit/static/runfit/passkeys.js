// Passkeys: buttons that add one, or sign in with one. Hidden where the browser has none.
"use strict";

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
const withBytes = (list) => (list ?? []).map((each) => ({ ...each, id: toBytes(each.id) }));

class RefusedError extends Error {
  constructor(response) {
    super(`The server answered ${response.status}`);
    this.status = response.status;
  }
}

async function post(address, data) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(data ?? {}),
  });
  const isJson = response.headers.get("Content-Type")?.includes("json");
  if (!response.ok || !isJson) throw new RefusedError(response);
  return response.json();
}

async function create(options) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
    },
  });
  const { response } = credential;
  return described(credential, {
    attestationObject: toText(response.attestationObject),
    clientDataJSON: toText(response.clientDataJSON),
    transports: response.getTransports?.() ?? [],
  });
}

async function get(options) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
    },
  });
  const { response } = credential;
  return described(credential, {
    authenticatorData: toText(response.authenticatorData),
    clientDataJSON: toText(response.clientDataJSON),
    signature: toText(response.signature),
    userHandle: response.userHandle ? toText(response.userHandle) : null,
  });
}

function described(credential, response) {
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment,
  };
}

// Goes on where the button says: with its form, at an address, or here.
function goOn(button, answer) {
  if (button.dataset.then === "submit") button.form.submit();
  else location.assign(button.dataset.then || answer.redirect_url || location.href);
}

async function press(button) {
  const status = button.parentElement.querySelector("[role=status]");
  const ceremony = button.dataset.passkey === "create" ? create : get;
  status.textContent = "";
  button.disabled = true;
  try {
    const options = await post(button.dataset.begin);
    goOn(button, await post(button.dataset.complete, await ceremony(options)));
  } catch (error) {
    // The page asks for the password again once the sign-in is too old for this.
    if (error.status === 403) location.reload();
    const isKnown = error.name === "InvalidStateError";
    status.textContent = isKnown ? button.dataset.known : button.dataset.failed;
  } finally {
    button.disabled = false;
  }
}

if (window.PublicKeyCredential) {
  for (const button of document.querySelectorAll("[data-passkey]")) {
    button.closest(".passkey").hidden = false;
    button.addEventListener("click", () => press(button));
  }
}
