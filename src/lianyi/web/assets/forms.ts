// The builder of a form or a survey: while something is typed, the preview is asked for anew. Its frame is replaced each time, since
// every address that a frame goes to would be one more step of the way back.
const PAUSE = 900; // ms
let waiting = 0;

document.body.addEventListener("input", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-form-builder], [form=builder]") !== null) soon();
});
document.body.addEventListener("htmx:load", (event) => {
  if (event.target instanceof Element && event.target.matches("[data-form-builder]")) soon();
});

function soon(): void {
  clearTimeout(waiting);
  waiting = window.setTimeout(look, PAUSE);
}

function look(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-form-builder]");
  const button = document.querySelector<HTMLButtonElement>("[data-look]");
  const frame = document.querySelector<HTMLIFrameElement>("iframe[name=preview]");
  if (form === null || button === null || frame === null) return;
  const fresh = frame.cloneNode() as HTMLIFrameElement;
  fresh.removeAttribute("src");
  frame.replaceWith(fresh);
  form.requestSubmit(button);
}
