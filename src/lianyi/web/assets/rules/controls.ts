// The inputs that a rule is made of. Each writes into the part of the rule that it shows, and says that it did.
import type { Option, Part, Vocabulary } from "./vocabulary";

export interface Drawing {
  vocabulary: Vocabulary;
  word(name: string): string;
  // The conditions that are offered.
  kinds: [group: string, kinds: string[]][];
  // A value has changed; with `shape`, other inputs are there now.
  changed(shape: boolean): void;
  properties(event: string): Option[];
}

type Child = Node | string | null;

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K, attributes: Record<string, string | boolean> = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false) made.setAttribute(key, value);
  }
  made.append(...children.filter((one): one is Node | string => one !== null));
  return made;
}

export function idOf(place: string): string {
  return `rule-${place.replace(/[^\w]+/g, "-")}`;
}

export function joined(place: string, step: string): string {
  return place === "" ? step : `${place}.${step}`;
}

export function field(label: string, place: string, input: HTMLElement, wide = false): HTMLElement {
  input.id = idOf(place);
  return element("div", { class: wide ? "field rule-wide" : "field", "data-place": place },
    element("label", { class: "field-label", for: input.id }, label), input);
}

function select(options: Option[], value: string): HTMLSelectElement {
  const made = element("select", { class: "select w-full" });
  for (const [one, label] of options) {
    const option = element("option", { value: one }, label);
    option.selected = one === value;
    made.append(option);
  }
  return made;
}

// A choice of a few. `shape`: other inputs depend on it.
export function choice(
  drawing: Drawing, label: string, place: string, options: Option[], value: string,
  choose: (value: string) => void, shape = false,
): HTMLElement {
  const known = options.some(([one]) => one === value) ? options : [...options, [value, value] as Option];
  const input = select(known, value);
  input.addEventListener("change", () => {
    choose(input.value);
    drawing.changed(shape);
  });
  return field(label, place, input);
}

const OTHER = "\u0000other";

// A name out of many; one that is not among them can be written. `optional`: it may be left out.
export function name(
  drawing: Drawing, label: string, place: string, options: Option[], part: Part, key: string,
  more: { optional?: boolean; closed?: boolean; shape?: boolean } = {},
): HTMLElement {
  const value = typeof part[key] === "string" ? part[key] : "";
  const listed: Option[] = [["", drawing.word(more.optional ? "anyone" : "choose")], ...options];
  if (value !== "" && !options.some(([one]) => one === value)) listed.push([value, value]);
  if (!more.closed) listed.push([OTHER, drawing.word("other")]);
  const input = select(listed, value);
  const place_ = field(label, place, input);
  input.addEventListener("change", () => {
    if (input.value === OTHER) {
      const written = writing(drawing, part, key, more.shape ?? false);
      written.id = input.id;
      input.replaceWith(written);
      written.focus();
      return;
    }
    put(part, key, input.value === "" && more.optional ? undefined : input.value);
    drawing.changed(more.shape ?? false);
  });
  return place_;
}

function writing(drawing: Drawing, part: Part, key: string, shape: boolean): HTMLInputElement {
  const input = element("input", { class: "input w-full", maxlength: "200", autocomplete: "off" });
  input.addEventListener("input", () => {
    put(part, key, input.value.trim());
    drawing.changed(false);
  });
  if (shape) input.addEventListener("change", () => drawing.changed(true));
  return input;
}

export function text(drawing: Drawing, label: string, place: string, part: Part, key: string): HTMLElement {
  const input = writing(drawing, part, key, false);
  input.maxLength = 2000;
  input.value = typeof part[key] === "string" ? part[key] : "";
  return field(label, place, input);
}

// An empty one is left out of the rule. `turned`: shown with the other sign.
export function number(
  drawing: Drawing, label: string, place: string, part: Part, key: string,
  more: { whole?: boolean; least?: number; turned?: boolean } = {},
): HTMLElement {
  const input = element("input", { class: "input w-full", type: "number", step: more.whole ? "1" : "any", autocomplete: "off" });
  if (more.least !== undefined) input.min = String(more.least);
  const value = part[key];
  input.value = typeof value === "number" ? String(more.turned ? -value : value) : "";
  input.addEventListener("input", () => {
    const said = input.value === "" || Number.isNaN(input.valueAsNumber) ? undefined : input.valueAsNumber;
    put(part, key, said === undefined ? undefined : more.turned ? 0 - said : said);
    drawing.changed(false);
  });
  return field(label, place, input);
}

export function day(drawing: Drawing, label: string, place: string, part: Part, key: string): HTMLElement {
  const input = element("input", { class: "input w-full", type: "date" });
  input.value = typeof part[key] === "string" ? part[key] : "";
  input.addEventListener("input", () => {
    put(part, key, input.value === "" ? undefined : input.value);
    drawing.changed(false);
  });
  return field(label, place, input);
}

// Values one a line: texts or numbers.
export function lines(drawing: Drawing, label: string, place: string, part: Part, key: string, numbers: boolean): HTMLElement {
  const input = element("textarea", { class: "textarea w-full", rows: "3" });
  input.value = Array.isArray(part[key]) ? (part[key] as unknown[]).map(String).join("\n") : "";
  input.addEventListener("input", () => {
    const said = input.value.split("\n").map((one) => one.trim()).filter((one) => one !== "");
    part[key] = numbers ? said.map((one) => (Number.isNaN(Number(one)) ? one : Number(one))) : said;
    drawing.changed(false);
  });
  return field(label, place, input);
}

// Several of a closed set.
export function several(drawing: Drawing, label: string, place: string, options: Option[], part: Part, key: string): HTMLElement {
  const chosen = new Set(Array.isArray(part[key]) ? (part[key] as string[]) : []);
  const boxes = options.map(([value, said]) => {
    const box = element("input", { type: "checkbox", class: "checkbox checkbox-sm", id: idOf(`${place}.${value}`) });
    box.checked = chosen.has(value);
    box.addEventListener("change", () => {
      if (box.checked) chosen.add(value);
      else chosen.delete(value);
      part[key] = options.map(([one]) => one).filter((one) => chosen.has(one));
      drawing.changed(false);
    });
    return element("label", { class: "flex items-center gap-2 text-sm" }, box, said);
  });
  return element("fieldset", { class: "field rule-wide", "data-place": place },
    element("legend", { class: "field-label" }, label),
    element("div", { class: "flex flex-wrap gap-x-5 gap-y-2" }, ...boxes));
}

export function put(part: Part, key: string, value: unknown): void {
  if (value === undefined) delete part[key];
  else part[key] = value;
}
