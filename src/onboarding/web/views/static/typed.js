// What is typed stays in this tab, through another language, a sign-in and Back, until
// it is sent. The address of a page that answers a POST becomes that of its form.
const keyOf = (form) => "onboarding " + form.getAttribute("action");
const isKept = (form) => form?.dataset.obKeep !== undefined;
const LEFT_OUT = /hidden|submit|password|file/;
const fields = (form) => [...form.elements].filter((e) => e.name && !LEFT_OUT.test(e.type));
const keep = (form) => sessionStorage.setItem(keyOf(form), JSON.stringify(fields(form)
  .filter((e) => form.dataset.obKeep || e.value !== e.defaultValue || e.checked !== e.defaultChecked)
  .map((e) => [e.name, e.value, e.checked])));

addEventListener("input", ({ target: { form } }) => { if (isKept(form)) keep(form); });
addEventListener("submit", ({ target, submitter }) => {
  if (isKept(target) && !submitter?.formNoValidate) sessionStorage.removeItem(keyOf(target));
});
for (const form of document.querySelectorAll("[data-ob-keep]")) {
  if (form.dataset.obKeep) {
    history.replaceState(null, "", form.dataset.obKeep);
    keep(form);
    continue;
  }
  const was = JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "[]");
  for (const e of fields(form)) for (const [name, value, checked] of was)
    if (name === e.name && /radio|checkbox/.test(e.type) && value === e.value) e.checked = checked;
    else if (name === e.name && !/radio|checkbox/.test(e.type)) e.value = value;
}
