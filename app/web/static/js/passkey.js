/*
 * Speaks with the device for <form data-passkey="add"> and <form data-passkey="use">: asks the
 * server what must be signed ([data-passkey-asks]), lets the device sign it, and sends the form with
 * what came back in the field "answer". The button is shown only where a device can be asked.
 */
(function () {
  "use strict";

  const form = document.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential || !navigator.credentials) {
    return;
  }
  const button = form.querySelector("[type=submit]");
  const failed = form.querySelector("[data-passkey-failed]");

  form.querySelector("[data-passkey-unable]").hidden = true;
  button.hidden = false;

  function bytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (sign) {
      return sign.charCodeAt(0);
    });
  }

  function text(buffer) {
    const plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function known(list) {
    return (list || []).map(function (one) {
      return Object.assign({}, one, { id: bytes(one.id) });
    });
  }

  async function asked() {
    const sent = new FormData();
    sent.append("csrf_token", form.elements.csrf_token.value);
    const answer = await fetch(form.dataset.passkeyAsks, { method: "POST", body: sent, redirect: "error" });
    if (!answer.ok) {
      throw new Error("refused: " + answer.status);
    }
    const options = await answer.json();
    options.challenge = bytes(options.challenge);
    return options;
  }

  async function added() {
    const options = await asked();
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = known(options.excludeCredentials);
    const made = await navigator.credentials.create({ publicKey: options });
    return written(made, { attestationObject: text(made.response.attestationObject) });
  }

  async function used() {
    const options = await asked();
    options.allowCredentials = known(options.allowCredentials);
    const made = await navigator.credentials.get({ publicKey: options });
    return written(made, {
      authenticatorData: text(made.response.authenticatorData),
      signature: text(made.response.signature)
    });
  }

  function written(made, response) {
    response.clientDataJSON = text(made.response.clientDataJSON);
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response: response });
  }

  form.addEventListener("submit", async function (event) {
    event.preventDefault();
    failed.hidden = true;
    button.disabled = true;
    try {
      const needsName = form.elements.name && !form.elements.name.value.trim();
      /* Without a name the server says so, and no device has to be asked. */
      form.elements.answer.value = needsName ? "" : await (form.dataset.passkey === "add" ? added() : used());
      form.submit();
    } catch (error) {
      failed.hidden = false;
      button.disabled = false;
    }
  });
})();
