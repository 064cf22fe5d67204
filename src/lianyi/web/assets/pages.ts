// The island of all pages: it listens to the live stream and tells htmx ("tick") or reloads (data-reload), opens and
// closes dialogs, hears letters that stand for buttons, lets what an action said go after a while, and brings the
// charts' code where there is a chart.
// What is new is asked for from the pages themselves; the stream only says that there is something.

const place = document.querySelector<HTMLElement>("[data-live]");
if (place !== null) listen(place);
document.addEventListener("click", pressed);
document.addEventListener("click", (event) => void copy(event));
document.addEventListener("input", compare);
document.addEventListener("change", chooseAll);
document.addEventListener("keydown", keyed);
document.querySelector<HTMLElement>("[data-keys]")?.focus({ preventScroll: true });
document.body.addEventListener("htmx:load", charts);
reveal();
charts();
setTimeout(() => document.querySelectorAll("#toasts > :not(.alert-error)").forEach((one) => one.remove()), 8000);

function listen(place: HTMLElement): void {
  const stream = new EventSource(place.dataset.live ?? "");
  let heard = "";
  stream.addEventListener("open", () => say(place, "on"));
  stream.addEventListener("error", () => say(place, "off"));
  stream.addEventListener("tick", (event: MessageEvent<string>) => {
    if (event.data === heard) return;
    heard = event.data;
    if ("reload" in place.dataset) {
      if (event.data !== "0") location.reload();
    } else if (!document.hidden) document.body.dispatchEvent(new CustomEvent("tick"));
    else document.addEventListener("visibilitychange", () => document.body.dispatchEvent(new CustomEvent("tick")), { once: true });
  });
}

function say(place: HTMLElement, state: "on" | "off"): void {
  place.dataset.liveState = state;
}

function pressed(event: MouseEvent): void {
  if (!(event.target instanceof Element)) return;
  const opener = event.target.closest<HTMLElement>("[data-opens]");
  if (opener !== null) {
    const sheet = document.getElementById(opener.dataset.opens ?? "");
    if (sheet instanceof HTMLDialogElement) {
      event.preventDefault();
      sheet.showModal();
    }
  }
  const sheet = event.target.closest("dialog");
  if (sheet?.open && (event.target === sheet || event.target.closest("[data-closes]"))) {
    event.preventDefault();
    sheet.close();
  }
}

// A button with data-copies="id" copies that text. Where the page is not secure, the old way; else it is selected at least.
async function copy(event: MouseEvent): Promise<void> {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copies]") : null;
  const text = button === null ? null : document.getElementById(button.dataset.copies ?? "");
  if (button === null || text === null) return;
  getSelection()?.selectAllChildren(text);
  let copied = false;
  try {
    await navigator.clipboard.writeText(text.textContent?.trim() ?? "");
    copied = true;
  } catch {
    copied = document.execCommand("copy");
  }
  const state = button.parentElement?.querySelector("[data-copy-state]");
  if (copied && state) state.textContent = button.dataset.copied ?? "";
  if (copied) button.dispatchEvent(new CustomEvent("copied", { bubbles: true }));
}

// The button beside a word that has to be written comes alive with it.
function compare(event: Event): void {
  const input = event.target;
  if (input instanceof HTMLInputElement && input.dataset.mustBe !== undefined)
    input.setCustomValidity(input.value === input.dataset.mustBe ? "" : input.dataset.mustBe);
}

// A box with data-all="name" checks every box of that name.
function chooseAll(event: Event): void {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.dataset.all === undefined) return;
  for (const one of document.querySelectorAll<HTMLInputElement>(`input[name="${box.dataset.all}"]`)) one.checked = box.checked;
}

// In a group with data-keys, a letter presses the button that names it by data-key.
function keyed(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  const group = event.target instanceof Element ? event.target.closest("[data-keys]") : null;
  const button = group?.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
}

// On a phone the row of the settings' pages is wider than the screen: the page that one is on has to be seen in it.
function reveal(): void {
  const current = document.querySelector<HTMLElement>(".settings-nav [aria-current]");
  const row = current?.closest<HTMLElement>(".settings-nav");
  if (current && row) row.scrollLeft = current.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
}

function charts(): void {
  if (document.querySelector("[data-chart]") !== null) void import("./charts/drawing").then((code) => code.draw());
}
