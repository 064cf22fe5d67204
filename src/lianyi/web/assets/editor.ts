// The editor of a landing page: while one types, the preview shows it; rows come and go without leaving the form.
// Without this island the same buttons do the same: one shows what is typed, others send the form and save nothing.

const PAUSE = 600; // ms after the last key
let waiting = 0;

document.addEventListener("input", (event) => later(event.target));
document.addEventListener("change", (event) => later(event.target));
document.addEventListener("click", (event) => void rows(event));

function later(target: EventTarget | null): void {
  const form = target instanceof Element ? target.closest<HTMLFormElement>("form[data-shows]") : null;
  if (form === null) return;
  clearTimeout(waiting);
  waiting = window.setTimeout(() => show(form), PAUSE);
}

function show(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>("button[data-show]");
  if (button !== null) form.requestSubmit(button);
}

async function rows(event: MouseEvent): Promise<void> {
  const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("button[data-rows]") : null;
  const form = button?.form;
  if (!button || !form) return;
  event.preventDefault();
  const answer = await fetch(location.href, { method: "POST", body: new FormData(form, button) });
  const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(form.id);
  if (found === null) return location.reload();
  form.replaceWith(found);
  const [verb, place] = button.value.split(":");
  const group = document.getElementById((place ?? "").split(".")[0] ?? "");
  const fields = group?.querySelectorAll<HTMLElement>("li input:not([type=hidden])");
  if (verb === "add") group?.querySelector<HTMLElement>("ol > li:last-child input:not([type=hidden])")?.focus();
  else (fields?.[0] ?? group?.querySelector<HTMLElement>("button"))?.focus();
  if (found instanceof HTMLFormElement) show(found);
}
