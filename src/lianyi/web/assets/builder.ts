// The builder of rules. The form's JSON is what is saved; here it is drawn as groups and conditions, and every change is
// tried by the server after a short pause, which also says what is wrong at its place.
import { element, type Drawing } from "./rules/controls";
import { tell } from "./rules/telling";
import { KINDS } from "./rules/leaves";
import { rooted, tree } from "./rules/tree";
import { Properties, type Part, type Vocabulary } from "./rules/vocabulary";

const PAUSE = 350; // ms

const form = document.querySelector<HTMLFormElement>("form[data-builder]");
if (form !== null) build(form);

function build(form: HTMLFormElement): void {
  const place = form.querySelector<HTMLElement>("[data-tree]");
  const json = form.querySelector<HTMLTextAreaElement>("textarea[name=rule]");
  const shown = form.querySelector<HTMLElement>("[data-shown]");
  if (place === null || json === null || shown === null) return;
  const vocabulary = JSON.parse(form.dataset.vocabulary ?? "{}") as Vocabulary;
  const word = (name: string): string => vocabulary.words[name] ?? name;
  let rule = parsed(json.value) ?? { kind: "all_of", rules: [] };
  let waiting = 0;
  let asking = new AbortController();

  let composing = false;
  place.addEventListener("compositionstart", () => { composing = true; });
  place.addEventListener("compositionend", () => { composing = false; });

  const properties = new Properties(form.dataset.properties ?? "", () => drawSoon());
  const drawing: Drawing = {
    vocabulary, word, kinds: KINDS,
    properties: (event) => properties.of(event),
    changed: (shape) => {
      write();
      if (shape) draw();
      try_();
    },
  };

  function write(): void {
    const empty = Array.isArray(rule.rules) && rule.rules.length === 0;
    json!.value = empty ? "" : JSON.stringify(rule, null, 2);
    complain("");
  }

  // Who stands in a field stays there, at the same sign.
  function draw(): void {
    const active = document.activeElement;
    const written = active instanceof HTMLTextAreaElement || (active instanceof HTMLInputElement && active.type === "text") ? active : null;
    const at = written === null ? null : ([written.selectionStart, written.selectionEnd] as const);
    const focused = active !== null && place!.contains(active) ? active.id : "";
    place!.replaceChildren(tree(drawing, rule));
    const again = focused === "" ? null : document.getElementById(focused);
    again?.focus();
    if (at !== null && (again instanceof HTMLTextAreaElement || (again instanceof HTMLInputElement && again.type === "text")))
      again.setSelectionRange(...at);
  }

  // Not while Chinese is being written: the input method would lose its field.
  function drawSoon(): void {
    if (composing) place!.addEventListener("compositionend", () => setTimeout(draw), { once: true });
    else draw();
  }

  function try_(): void {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => void ask(), PAUSE);
  }

  async function ask(): Promise<void> {
    asking.abort();
    asking = new AbortController();
    const said = new FormData();
    said.set("csrfmiddlewaretoken", form!.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "");
    said.set("rule", json!.value);
    shown!.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form!.dataset.preview ?? "", { method: "POST", body: said, signal: asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = new DOMParser().parseFromString(await answer.text(), "text/html");
      shown!.replaceChildren(...told.body.childNodes);
      tell(place!, shown!);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      shown!.replaceChildren(element("p", { class: "text-error", role: "alert" }, word("broken")));
    }
    shown!.setAttribute("aria-busy", "false");
  }

  function complain(sentence: string): void {
    const error = document.getElementById("rule-json-error");
    if (error !== null) error.textContent = sentence;
  }

  json.addEventListener("input", () => {
    const said = parsed(json.value);
    if (said === null && json.value.trim() !== "") return complain(word("no_json"));
    complain("");
    rule = said ?? { kind: "all_of", rules: [] };
    draw();
    try_();
  });
  json.addEventListener("change", () => {
    if (parsed(json.value) !== null) write(); // as it is drawn: within a group
  });

  form.querySelector("[data-json]")?.removeAttribute("open");
  // On a phone the ready-made rules would push the builder off the screen.
  if (matchMedia("(width < 40rem)").matches) document.querySelector("[data-presets]")?.removeAttribute("open");
  form.querySelector("[data-try]")?.remove();
  draw();
  if (json.value.trim() === "") return;
  if (parsed(json.value) === null) {
    form.querySelector("[data-json]")?.setAttribute("open", "");
    complain(word("no_json"));
    return;
  }
  write();
  void ask();
}

function parsed(text: string): Part | null {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    const part = value as Part;
    return rooted("version" in part && typeof part.rule === "object" && part.rule !== null ? (part.rule as Part) : part);
  } catch {
    return null;
  }
}
