// Passkeys: the site says what to ask the device, and is told what that answers.
const JSON_TYPE = "application/json";
const EARLY = 30; // seconds before its time is over, what waits is asked for anew

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (data) => data && btoa(String.fromCharCode(...new Uint8Array(data)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// By hand, since browsers of 2023 cannot read or write the JSON of WebAuthn themselves.
const asked = ({ challenge, user, excludeCredentials, ...rest }) => ({
  ...rest,
  challenge: bytes(challenge),
  ...(user && { user: { ...user, id: bytes(user.id) } }),
  ...(excludeCredentials &&
    { excludeCredentials: excludeCredentials.map((one) => ({ ...one, id: bytes(one.id) })) }),
});
const answered = ({ id, rawId, type, authenticatorAttachment, response: given }) => ({
  id, rawId: text(rawId), type, authenticatorAttachment,
  response: {
    clientDataJSON: text(given.clientDataJSON),
    attestationObject: text(given.attestationObject),
    authenticatorData: text(given.authenticatorData),
    signature: text(given.signature),
    userHandle: text(given.userHandle),
    transports: given.getTransports?.(),
  },
});

const send = async (path, told) => {
  const headers = { accept: JSON_TYPE, "content-type": JSON_TYPE };
  const body = JSON.stringify(told);
  const answer = await fetch(path, { method: "POST", headers, body });
  const said = await answer.json();
  if (!answer.ok) throw { name: "Problem", ...said };
  return said;
};

// The browser has one request at a time: the next one ends the one that waits.
let current = new AbortController();

const use = async (place, more) => {
  current.abort();
  const { signal } = current = new AbortController();
  const path = place.dataset.obPasskey;
  const { attempt, options, expires_in } = await send(path, { next: place.dataset.next });
  if (signal.aborted) return;
  if (more) setTimeout(() => signal.aborted || offer(place), (expires_in - EARLY) * 1000);
  const act = options.user ? "create" : "get";
  const credential = await navigator.credentials[act]({ publicKey: asked(options), signal, ...more });
  const told = answered(credential);
  try {
    location.assign((await send(`${path}/${attempt}`, { credential: told })).location);
  } catch (problem) {
    // The device need not offer any more what nobody here knows.
    const rpId = options.rpId ?? options.rp.id, credentialId = told.id;
    if (problem.code === "passkey_unknown" || options.user)
      PublicKeyCredential.signalUnknownCredential?.({ rpId, credentialId }).catch(() => {});
    throw { ...problem, name: problem.name, wasPicked: true };
  }
};

const run = async (place, more) => {
  const line = place.querySelector("[role=alert]"), said = place.dataset;
  if (!more) line.textContent = "";
  try {
    await use(place, more);
  } catch ({ name, title, detail, wasPicked }) {
    if (name === "AbortError" || (more && !wasPicked)) return;
    line.textContent = {
      Problem: `${title} – ${detail}`,
      NotAllowedError: said.stopped,
      InvalidStateError: said.known,
    }[name] ?? said.failed;
    if (waiting) offer(waiting);
  }
};

// What waits is offered in the field of the address, beside what the browser fills in.
const offer = (place) => run(place, { mediation: "conditional" });

for (const place of document.querySelectorAll("[data-ob-passkey]")) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => run(place));
}
const place = document.querySelector("[data-ob-autofill]");
const waiting = place && await PublicKeyCredential.isConditionalMediationAvailable?.() ? place : null;
if (waiting) offer(waiting);
