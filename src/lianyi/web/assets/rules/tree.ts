// The tree of a rule: groups within groups, and conditions, each of which can be turned around.
import { element, idOf, joined, type Drawing } from "./controls";
import { fresh, inputs } from "./leaves";
import type { Part } from "./vocabulary";

const GROUPS = ["all_of", "any_of"];

interface Spot {
  place: string;
  label: string;
  // Puts something else there; null takes it away.
  replace: (part: Part | null) => void;
}

// A rule whose outermost part is a group, which is where the builder begins.
export function rooted(rule: Part): Part {
  return GROUPS.includes(rule.kind ?? "") && Array.isArray(rule.rules) ? rule : { kind: "all_of", rules: [rule] };
}

// `place` is where the rule stands in what it is a part of.
export function tree(drawing: Drawing, root: Part, place = ""): HTMLElement {
  return groupOf(drawing, root, { place, label: drawing.word("rule"), replace: () => undefined }, null);
}

function partOf(drawing: Drawing, part: Part, spot: Spot): HTMLElement {
  const inner = part.rule as Part | undefined;
  if (part.kind === "not" && inner !== undefined) {
    const within: Spot = {
      place: joined(spot.place, "rule"), label: spot.label,
      replace: (other) => spot.replace(other === null ? null : { kind: "not", rule: other }),
    };
    const turn = (): void => spot.replace(inner);
    if (inner.kind !== "not") return GROUPS.includes(inner.kind ?? "") ? groupOf(drawing, inner, within, turn, true) : leafOf(drawing, inner, within, turn, true);
    return element("div", { class: "rule-group rule-not", role: "group", "aria-label": spot.label },
      element("div", { class: "flex" }, notButton(drawing, within.place, true, turn)), partOf(drawing, inner, within));
  }
  const turn = (): void => spot.replace({ kind: "not", rule: part });
  return GROUPS.includes(part.kind ?? "") ? groupOf(drawing, part, spot, turn) : leafOf(drawing, part, spot, turn);
}

function groupOf(drawing: Drawing, group: Part, spot: Spot, turn: (() => void) | null, turned = false): HTMLElement {
  const rules = (Array.isArray(group.rules) ? group.rules : (group.rules = [])) as Part[];
  const which = element("select", { class: "select select-sm w-auto", id: idOf(joined(spot.place, "kind")), "aria-label": `${drawing.word("holds_if")}: ${spot.label}` });
  for (const kind of GROUPS) {
    const option = element("option", { value: kind }, drawing.word(kind));
    option.selected = kind === group.kind;
    which.append(option);
  }
  which.addEventListener("change", () => {
    group.kind = which.value;
    drawing.changed(false);
  });
  const head = element("div", { class: "flex flex-wrap items-center gap-2" }, counted(spot.place), which,
    turn && notButton(drawing, spot.place, turned, turn), turn && removeButton(drawing, spot, "remove_group"));
  const parts = rules.map((one, number) => partOf(drawing, one, {
    place: `${joined(spot.place, "rules")}[${number}]`,
    label: `${drawing.word(GROUPS.includes(one.kind ?? "") ? "group" : "condition")} ${spot.place === "" ? "" : `${numbered(spot.place)}.`}${number + 1}`,
    replace: (other) => {
      if (other === null) rules.splice(number, 1);
      else rules[number] = other;
      drawing.changed(true);
    },
  }));
  const hint = rules.length === 0 ? element("p", { class: "text-sm text-base-content/75" }, drawing.word("empty")) : null;
  return element("div", { class: turned ? "rule-group rule-not" : "rule-group", role: "group", "aria-label": spot.label, "data-place": spot.place },
    head, hint, ...parts, adding(drawing, spot.place, rules));
}

// Where a group stands, as people count: rules[0].rule.rules[2] is 1.3.
function numbered(place: string): string {
  return [...place.matchAll(/\[(\d+)\]/g)].map((one) => String(Number(one[1]) + 1)).join(".");
}

// The same to look at, so that what the server says of a condition is found.
function counted(place: string): HTMLElement | null {
  return numbered(place) === "" ? null : element("span", { class: "text-sm tabular-nums text-base-content/75", "aria-hidden": "true" }, numbered(place));
}

function adding(drawing: Drawing, place: string, rules: Part[]): HTMLElement {
  const label = numbered(place) === "" ? "" : ` (${numbered(place)})`;
  const add = element("select", { class: "select select-sm w-auto max-w-full", id: idOf(`${place}.add`), "aria-label": drawing.word("add_condition") + label });
  add.append(element("option", { value: "" }, `+ ${drawing.word("add_condition")}`), ...kinds(drawing, ""));
  const put = (part: Part): void => {
    rules.push(part);
    drawing.changed(true);
    document.getElementById(idOf(`${joined(place, "rules")}[${rules.length - 1}].kind`))?.focus();
  };
  add.addEventListener("change", () => { if (add.value !== "") put(fresh(add.value, drawing.vocabulary)); });
  const group = element("button", { type: "button", class: "btn btn-sm", id: idOf(`${place}.group`), "aria-label": drawing.word("add_group") + label }, drawing.word("add_group"));
  group.addEventListener("click", () => put({ kind: "any_of", rules: [] }));
  return element("div", { class: "flex flex-wrap gap-2" }, add, group);
}

function leafOf(drawing: Drawing, leaf: Part, spot: Spot, turn: () => void, turned = false): HTMLElement {
  const kind = element("select", { class: "select select-sm w-auto max-w-full", id: idOf(joined(spot.place, "kind")), "aria-label": spot.label });
  kind.append(...kinds(drawing, leaf.kind ?? ""));
  kind.addEventListener("change", () => spot.replace(fresh(kind.value, drawing.vocabulary)));
  return element("div", { class: turned ? "rule-leaf rule-not" : "rule-leaf", role: "group", "aria-label": spot.label, "data-place": spot.place },
    element("div", { class: "flex flex-wrap items-center gap-2" }, counted(spot.place), kind, notButton(drawing, spot.place, turned, turn), removeButton(drawing, spot, "remove")),
    element("div", { class: "rule-fields" }, ...inputs(drawing, spot.place, leaf)));
}

function kinds(drawing: Drawing, now: string): HTMLElement[] {
  const known = drawing.kinds.some(([, some]) => some.includes(now));
  const groups = drawing.kinds.map(([group, some]) => element("optgroup", { label: drawing.word(group) }, ...some.map((one) => {
    const option = element("option", { value: one }, drawing.word(one));
    option.selected = one === now;
    return option;
  })));
  if (known || now === "") return groups;
  const option = element("option", { value: now }, now);
  option.selected = true;
  return [option, ...groups];
}

function notButton(drawing: Drawing, place: string, on: boolean, turn: () => void): HTMLElement {
  // The place has a step more or less once it is turned, so the button is known by what stays.
  const button = element("button", { type: "button", class: "btn btn-sm", id: `${idOf(place.replace(/\.rule$/, ""))}-not`, "aria-pressed": on ? "true" : "false", title: drawing.word("not_this") }, drawing.word("not"));
  button.addEventListener("click", turn);
  return button;
}

function removeButton(drawing: Drawing, spot: Spot, word: string): HTMLElement {
  const button = element("button", { type: "button", class: "btn btn-ghost btn-sm ml-auto", "aria-label": `${drawing.word(word)}: ${spot.label}` }, drawing.word("remove"));
  button.addEventListener("click", () => {
    const group = spot.place.replace(/\.rule$/, "").replace(/(^|\.)rules\[\d+\]$/, "");
    spot.replace(null);
    document.getElementById(idOf(`${group}.add`))?.focus();
  });
  return button;
}
