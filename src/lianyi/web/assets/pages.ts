// The one island of all pages: it listens to the live stream, and tells htmx ("tick") or reloads (data-reload).
// What is new is asked for from the pages themselves; the stream only says that there is something.

const place = document.querySelector<HTMLElement>("[data-live]");
if (place !== null) listen(place);

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
