// Comfort only: every page works without it.
const FIVE_SECONDS = 5000;
const pressed = new WeakMap();

// A second press is a slip of the finger.
addEventListener("submit", (event) => {
  const button = event.submitter ?? event.target;
  const now = Date.now();
  if (now - (pressed.get(button) ?? -FIVE_SECONDS) < FIVE_SECONDS) event.preventDefault();
  else pressed.set(button, now);
}, { capture: true });

// A response to a prompt is sent in place; its thanks replace the form.
addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter;
  if (event.defaultPrevented || !form.matches("[data-ob-prompt]")) return;
  if (button?.value !== "respond" || form.dataset.plain) return;
  if (!form.elements.score.value && !form.elements.text.value.trim()) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "respond");
  body.set("part", "1");
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    if (!answer.ok) throw answer.status;
    const thanks = document.createElement("div");
    thanks.innerHTML = await answer.text();
    form.replaceWith(thanks);
    thanks.querySelector("[tabindex]")?.focus();
  } catch {
    form.dataset.plain = "1";
    pressed.delete(button);
    form.requestSubmit(button);
  }
});

// A provider's form goes on with our cookies.
document.querySelector("[data-ob-relay]")?.requestSubmit();

// What is typed stays; whoever leaves takes it along.
const load = (name) => import(`./${name}.js${new URL(import.meta.url).search}`);
if (document.querySelector("[data-ob-keep]")) load("typed");
if (self.PublicKeyCredential?.parseRequestOptionsFromJSON && document.querySelector("[data-ob-passkey]")) load("passkeys");
addEventListener("submit", ({ target }) => {
  if (!/(sign-out|erase)$/.test(target.action)) return;
  for (const key of Object.keys(sessionStorage))
    if (key.startsWith("onboarding ")) sessionStorage.removeItem(key);
});
