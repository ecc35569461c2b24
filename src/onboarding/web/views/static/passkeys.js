// Passkeys: the site says what to ask the device, and is told what that answers.
const type = "application/json", headers = { accept: type, "content-type": type };
const send = async (path, told) => {
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(told) });
  const said = await answer.json();
  if (!answer.ok) throw { text: `${said.title} – ${said.detail}` };
  return said;
};
let last = new AbortController(); // the browser has one request at a time

const run = async (place, more) => {
  const { obPasskey: path, next, ...said } = place.dataset;
  const line = place.querySelector("[role=alert]");
  let picked = !more; // what waits by itself says nothing
  last.abort();
  const { signal } = last = new AbortController();
  try {
    const { attempt, options, expires_in } = await send(path, { next });
    if (more) setTimeout(() => signal.aborted || offer(), (expires_in - 9) * 1000);
    else line.textContent = "";
    const [act, kind] = options.user ? ["create", "Creation"] : ["get", "Request"];
    const publicKey = PublicKeyCredential[`parse${kind}OptionsFromJSON`](options);
    const credential = await navigator.credentials[act]({ publicKey, signal, ...more });
    picked = true;
    location.assign((await send(`${path}/${attempt}`, { credential })).location);
  } catch ({ name, text }) {
    if (!picked || name === "AbortError") return;
    line.textContent = text ?? said[name.toLowerCase()] ?? said.failed;
    offer();
  }
};
// What waits is offered in the field of an address, beside what the browser fills in.
const field = document.querySelector("[data-ob-autofill]");
const canWait = field && await PublicKeyCredential.isConditionalMediationAvailable?.();
const offer = () => canWait && run(field, { mediation: "conditional" });
for (const place of document.querySelectorAll("[data-ob-passkey]")) {
  place.hidden = false;
  place.querySelector("button").onclick = () => run(place);
}
offer();
