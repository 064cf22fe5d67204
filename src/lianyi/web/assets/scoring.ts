// The settings of scores: each rule of fit is drawn by the builder's parts once it is opened, and tried by the server
// while it changes; so are the conditions on the properties of what counts. What is saved are the fields of the form.
import { type Drawing } from "./rules/controls";
import { KINDS, OF_PROFILES, whereOf } from "./rules/leaves";
import { tell } from "./rules/telling";
import { rooted, tree } from "./rules/tree";
import { Properties, type Part, type Vocabulary } from "./rules/vocabulary";

const PAUSE = 350; // ms
const DRAWN = "drawn"; // of what is drawn already

document.body.addEventListener("htmx:load", prepare);
prepare();

// Rows that are open are drawn, the others when they are opened; after a row was added all are new.
function prepare(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-scoring]");
  if (form === null || form.dataset[DRAWN] !== undefined) return;
  form.dataset[DRAWN] = "";
  const vocabulary = JSON.parse(form.dataset.vocabulary ?? "{}") as Vocabulary;
  const redraws: (() => void)[] = [];
  const properties = new Properties(form.dataset.properties ?? "", () => redraws.forEach((one) => one()));
  const start = { vocabulary, word: (name: string): string => vocabulary.words[name] ?? name, properties: (event: string) => properties.of(event) };
  form.querySelectorAll<HTMLDetailsElement>("[data-rule]").forEach((row) => whenOpen(row, () => rule(form, row, { ...start, kinds: OF_PROFILES })));
  form.querySelectorAll<HTMLDetailsElement>("[data-where]").forEach((row) => whenOpen(row, () => redraws.push(where(row, { ...start, kinds: KINDS }))));
  form.querySelectorAll<HTMLElement>("[data-json]").forEach((one) => {
    if (one instanceof HTMLDetailsElement) one.open = false;
    else one.hidden = true;
  });
}

function whenOpen(row: HTMLDetailsElement, draw: () => void): void {
  const once = (): void => {
    if (!row.open || row.dataset[DRAWN] !== undefined) return;
    row.dataset[DRAWN] = "";
    draw();
  };
  row.addEventListener("toggle", once);
  once();
}

function rule(form: HTMLFormElement, row: HTMLDetailsElement, start: Omit<Drawing, "changed">): void {
  const drawn = row.querySelector<HTMLElement>("[data-tree]")!;
  const json = row.querySelector<HTMLTextAreaElement>("textarea")!;
  const shown = row.querySelector<HTMLElement>("[data-shown]")!;
  const place = row.dataset.place ?? "";
  let part = parsed(json.value) ?? { kind: "all_of", rules: [] };
  let waiting = 0;
  let asking = new AbortController();
  const drawing: Drawing = {
    ...start,
    changed: (shape) => {
      json.value = Array.isArray(part.rules) && part.rules.length === 0 ? "" : JSON.stringify(part, null, 2);
      row.querySelectorAll("[data-refused]").forEach((one) => one.remove());
      if (shape) draw();
      soon();
    },
  };

  function draw(): void {
    keeping(drawn, () => drawn.replaceChildren(tree(drawing, part, place)));
  }

  function soon(): void {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => void ask(), PAUSE);
  }

  async function ask(): Promise<void> {
    asking.abort();
    asking = new AbortController();
    if (json.value.trim() === "") return shown.replaceChildren();
    const said = new FormData();
    said.set("csrfmiddlewaretoken", form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "");
    said.set("rule", json.value);
    try {
      const answer = await fetch(form.dataset.preview ?? "", { method: "POST", body: said, signal: asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      shown.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
      const sentence = shown.querySelector("[data-sentence]")?.textContent;
      const summary = row.querySelector("[data-summary]");
      if (summary !== null && sentence) summary.textContent = sentence;
      tell(drawn, shown, place);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) shown.replaceChildren(start.word("broken"));
    }
  }

  json.addEventListener("input", () => {
    const said = parsed(json.value);
    if (said === null) return;
    part = said;
    draw();
    soon();
  });
  draw();
  if (json.value.trim() !== "") void ask();
}

// The conditions of one row; what draws them anew is handed back.
function where(row: HTMLDetailsElement, start: Omit<Drawing, "changed">): () => void {
  const drawn = row.querySelector<HTMLElement>("[data-tree]")!;
  const json = row.querySelector<HTMLTextAreaElement>("textarea")!;
  const event = row.closest("[data-row]")!.querySelector<HTMLInputElement>("[name=event]")!;
  const part: Part = { event: event.value, where: listed(json.value) };
  const drawing: Drawing = {
    ...start,
    changed: (shape) => {
      json.value = Array.isArray(part.where) && part.where.length > 0 ? JSON.stringify(part.where, null, 2) : "";
      if (shape) draw();
    },
  };

  function draw(): void {
    keeping(drawn, () => drawn.replaceChildren(whereOf(drawing, row.dataset.place ?? "", part)));
  }

  event.addEventListener("change", () => {
    part.event = event.value.trim();
    draw();
  });
  draw();
  tell(drawn, row);
  return draw;
}

// Who stands in a field stays there.
function keeping(drawn: HTMLElement, draw: () => void): void {
  const active = document.activeElement;
  const focused = active !== null && drawn.contains(active) ? active.id : "";
  draw();
  if (focused !== "") document.getElementById(focused)?.focus();
}

function parsed(text: string): Part | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? rooted(value as Part) : null;
  } catch {
    return null;
  }
}

function listed(text: string): Part[] {
  try {
    const value = JSON.parse(text) as unknown;
    return Array.isArray(value) ? (value as Part[]) : [];
  } catch {
    return [];
  }
}
