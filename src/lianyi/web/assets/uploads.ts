// Giving a file: it may be dropped on the page's zone, and one sees how much of it has gone. Without this the form works
// as forms do.

const form = document.querySelector<HTMLFormElement>("form[data-upload]");
if (form !== null) watch(form);

function watch(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>("input[type=file]");
  const zone = form.querySelector<HTMLElement>("[data-drop]");
  if (input === null || zone === null) return;
  for (const name of ["dragenter", "dragover"])
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.dataset.over = "yes";
    });
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => delete zone.dataset.over);
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer === null || event.dataTransfer.files.length === 0) return;
    input.files = event.dataTransfer.files;
    send(form, input);
  });
  input.addEventListener("change", () => send(form, input));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, input);
  });
}

function send(form: HTMLFormElement, input: HTMLInputElement): void {
  const file = input.files?.[0];
  if (file === undefined) return;
  if (file.size > Number(form.dataset.largest)) return complain(form, form.dataset.tooLarge ?? "");
  const shown = form.querySelector<HTMLElement>("[data-upload-progress]");
  const bar = shown?.querySelector("progress");
  shown?.classList.remove("hidden");
  complain(form, "");
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.upload.addEventListener("progress", (event) => {
    if (bar && event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
  });
  request.addEventListener("load", () => {
    const said = request.responseXML?.querySelector("[data-upload-error]")?.textContent?.trim() ?? "";
    if (request.status === 200 && said === "") return location.assign(request.responseURL);
    shown?.classList.add("hidden");
    complain(form, said || (form.dataset.broken ?? ""));
  });
  request.addEventListener("error", () => complain(form, form.dataset.broken ?? ""));
  request.send(new FormData(form));
}

function complain(form: HTMLFormElement, sentence: string): void {
  const place = form.querySelector("[data-upload-error]");
  if (place !== null) place.textContent = sentence;
}

export {};
