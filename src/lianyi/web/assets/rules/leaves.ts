// The conditions that a rule can make of a person: for each kind what it begins as, and its inputs.
import { choice, element, idOf, joined, name, number, several, type Drawing } from "./controls";
import { OF_DAYS, OF_TRAITS, datesOf, fits, freshFor, testOf, typesOf } from "./tests";
import type { Option, Part, Vocabulary } from "./vocabulary";

export const KINDS: [group: string, kinds: string[]][] = [
  ["who_they_are", ["trait", "tagged", "identified", "consented", "source", "in_segment"]],
  ["what_they_did", ["did", "did_when", "did_sum", "did_then"]],
  ["what_we_know", ["stage", "score", "graded", "warm"]],
];

// Those about the profile alone.
export const OF_PROFILES: [group: string, kinds: string[]][] = [
  ["who_they_are", ["trait", "tagged", "identified", "consented", "source"]],
  ["what_we_know", ["stage"]],
];

const GRADES: Option[] = ["A", "B", "C", "D"].map((one) => [one, one]);

export function fresh(kind: string, vocabulary: Vocabulary): Part {
  const event = vocabulary.events.find(([one]) => one !== "*")?.[0] ?? "*";
  const [dimension, tag] = vocabulary.tags[0] ?? ["attribute", ""];
  const trait = vocabulary.traits[0];
  switch (kind) {
    case "trait": return { kind, trait: trait?.[0] ?? "", is: freshFor([trait?.[2] ?? "text"]) };
    case "tagged": return dimension === "attribute" ? { kind, tag } : { kind, tag, dimension };
    case "stage": return { kind, one_of: [vocabulary.stages[0]?.[0]] };
    case "score": return { kind, axis: "engagement", at_least: 50 };
    case "graded": return { kind, axis: "fit", one_of: ["A"] };
    case "warm": return { kind, one_of: ["hot"] };
    case "consented": return { kind, channel: "email", purpose: "marketing" };
    case "source": return { kind, touch: "first", channel: vocabulary.channels[0]?.[0] ?? "" };
    case "identified": return { kind, by: "phone" };
    case "did": return { kind, event, during: { test: "within", days: 30 } };
    case "did_when": return { kind, event, which: "last", is: { test: "from_today", from_days: -30, to_days: 0 } };
    case "did_sum": return { kind, event, property: "", at_least: 1 };
    case "did_then": return { kind, first: { event }, then: { event }, within_days: 7 };
    case "in_segment": return { kind, segment: Number(vocabulary.segments[0]?.[0] ?? 1) };
    default: return { kind };
  }
}

export function inputs(drawing: Drawing, place: string, leaf: Part): HTMLElement[] {
  const { vocabulary, word } = drawing;
  const at = (step: string): string => joined(place, step);
  switch (leaf.kind) {
    case "trait": return traitOf(drawing, place, leaf);
    case "tagged": {
      const dimension = typeof leaf.dimension === "string" ? leaf.dimension : "attribute";
      const tags = vocabulary.tags.filter(([one]) => one === dimension).map(([, tag]): Option => [tag, tag]);
      return [
        choice(drawing, word("dimension"), at("dimension"), vocabulary.dimensions, dimension, (value) => {
          if (value === "attribute") delete leaf.dimension;
          else leaf.dimension = value;
          leaf.tag = vocabulary.tags.find(([one]) => one === value)?.[1] ?? "";
        }, true),
        name(drawing, word("tag"), at("tag"), tags, leaf, "tag"),
      ];
    }
    case "stage": return [several(drawing, word("stages"), at("one_of"), vocabulary.stages, leaf, "one_of")];
    case "score": return [axisOf(drawing, place, leaf, vocabulary.axes), ...boundsOf(drawing, place, leaf)];
    case "graded":
      return [axisOf(drawing, place, leaf, vocabulary.axes.filter(([one]) => one !== "likelihood")),
        several(drawing, word("grades"), at("one_of"), GRADES, leaf, "one_of")];
    case "warm": return [several(drawing, word("states"), at("one_of"), vocabulary.states, leaf, "one_of")];
    case "consented":
      return [name(drawing, word("channel"), at("channel"), vocabulary.consent_channels, leaf, "channel"),
        name(drawing, word("purpose"), at("purpose"), vocabulary.purposes, leaf, "purpose")];
    case "source": {
      const touches = ["first", "last", "any"].map((one): Option => [one, word(one)]);
      return [
        choice(drawing, word("touch"), at("touch"), touches, String(leaf.touch), (value) => { leaf.touch = value; }),
        name(drawing, word("channel"), at("channel"), vocabulary.channels, leaf, "channel", { optional: true }),
        name(drawing, word("medium"), at("medium"), vocabulary.mediums, leaf, "medium", { optional: true }),
        name(drawing, word("campaign"), at("campaign"), vocabulary.campaigns, leaf, "campaign", { optional: true }),
        name(drawing, word("code"), at("code"), vocabulary.codes, leaf, "code", { optional: true }),
      ];
    }
    case "identified": return [name(drawing, word("by"), at("by"), vocabulary.identities, leaf, "by", { closed: true })];
    case "in_segment":
      return [choice(drawing, word("segment"), at("segment"), vocabulary.segments, String(leaf.segment), (value) => {
        leaf.segment = Number(value);
      })];
    case "did":
      return [eventOf(drawing, place, leaf),
        number(drawing, word("times_least"), at("at_least"), leaf, "at_least", { whole: true, least: 1 }),
        number(drawing, word("times_most"), at("at_most"), leaf, "at_most", { whole: true, least: 1 }),
        ...duringOf(drawing, place, leaf), whereOf(drawing, place, leaf)];
    case "did_when": {
      const which = ["first", "last"].map((one): Option => [one, word(`which_${one}`)]);
      return [eventOf(drawing, place, leaf),
        choice(drawing, word("which"), at("which"), which, String(leaf.which), (value) => { leaf.which = value; }),
        ...testOf(drawing, place, leaf, ["date"], OF_DAYS, "when_is"), whereOf(drawing, place, leaf)];
    }
    case "did_sum":
      return [eventOf(drawing, place, leaf), propertyOf(drawing, place, leaf, String(leaf.event), true),
        ...boundsOf(drawing, place, leaf), ...duringOf(drawing, place, leaf), whereOf(drawing, place, leaf)];
    case "did_then": return thenOf(drawing, place, leaf);
    default: return [element("p", { class: "rule-wide text-sm", "data-place": place }, word("unknown_kind"))];
  }
}

function traitOf(drawing: Drawing, place: string, leaf: Part): HTMLElement[] {
  const { traits } = drawing.vocabulary;
  const typed = (): string[] => {
    const found = traits.find(([one]) => one === leaf.trait);
    return found ? [found[2]] : ["text"];
  };
  const options = traits.map(([value, label]): Option => [value, traits.some(([other, said]) => said === label && other !== value) ? `${label} · ${value}` : label]);
  const chosen = name(drawing, drawing.word("trait"), joined(place, "trait"), options, leaf, "trait", { closed: true, shape: true });
  chosen.querySelector("select")?.addEventListener("change", () => {
    if (!fits(leaf.is as Part, typed())) {
      leaf.is = freshFor(typed());
      drawing.changed(true);
    }
  });
  return [chosen, ...testOf(drawing, place, leaf, typed(), OF_TRAITS)];
}

function axisOf(drawing: Drawing, place: string, leaf: Part, axes: Option[]): HTMLElement {
  return choice(drawing, drawing.word("axis"), joined(place, "axis"), axes, String(leaf.axis), (value) => { leaf.axis = value; });
}

function boundsOf(drawing: Drawing, place: string, leaf: Part): HTMLElement[] {
  return ["at_least", "at_most"].map((bound) => number(drawing, drawing.word(bound), joined(place, bound), leaf, bound));
}

function eventOf(drawing: Drawing, place: string, part: Part, label = "event"): HTMLElement {
  return name(drawing, drawing.word(label), joined(place, "event"), drawing.vocabulary.events, part, "event", { shape: true });
}

function propertyOf(drawing: Drawing, place: string, part: Part, event: string, numbers: boolean): HTMLElement {
  const known = drawing.properties(event).filter(([, type]) => !numbers || type === "number").map(([one]): Option => [one, one]);
  return name(drawing, drawing.word("property"), joined(place, "property"), known, part, "property", { shape: true });
}

function duringOf(drawing: Drawing, place: string, leaf: Part): HTMLElement[] {
  const at = joined(place, "during");
  const during = leaf.during as Part | undefined;
  const options = ["any", "within", "dates"].map((one): Option => [one, drawing.word(`during_${one}`)]);
  const chosen = choice(drawing, drawing.word("during"), at, options, during?.test ?? "any", (value) => {
    if (value === "any") delete leaf.during;
    else leaf.during = value === "within" ? { test: "within", days: 30 } : { test: "dates" };
  }, true);
  if (during?.test === "within")
    return [chosen, number(drawing, drawing.word("days"), joined(at, "days"), during, "days", { whole: true, least: 1 })];
  return during?.test === "dates" ? [chosen, ...datesOf(drawing, at, during)] : [chosen];
}

// Conditions on properties of the event, each in a line of its own.
export function whereOf(drawing: Drawing, place: string, part: Part): HTMLElement {
  const conditions = Array.isArray(part.where) ? (part.where as Part[]) : [];
  const event = String(part.event ?? "");
  const lines = conditions.map((one, number) => {
    const at = `${joined(place, "where")}[${number}]`;
    const remove = element("button", { type: "button", class: "btn btn-sm self-end justify-self-start", id: idOf(`${at}.remove`) }, drawing.word("remove"));
    remove.setAttribute("aria-label", `${drawing.word("remove_where")} ${number + 1}`);
    remove.addEventListener("click", () => {
      conditions.splice(number, 1);
      if (conditions.length === 0) delete part.where;
      drawing.changed(true);
    });
    const json = drawing.properties(event).find(([property]) => property === one.property)?.[1] ?? "";
    return element("div", { class: "rule-fields", role: "group", "aria-label": `${drawing.word("where")} ${number + 1}`, "data-place": at },
      propertyOf(drawing, at, one, event, false), ...testOf(drawing, at, one, typesOf(json)), remove);
  });
  const add = element("button", { type: "button", class: "btn btn-ghost btn-sm mt-2", id: idOf(`${place}.where.add`) }, drawing.word("add_where"));
  add.addEventListener("click", () => {
    const [property, json] = drawing.properties(event)[0] ?? ["", ""];
    part.where = [...conditions, { property, is: freshFor(typesOf(json)) }];
    drawing.changed(true);
  });
  return element("div", { class: "rule-wide", "data-place": joined(place, "where") }, ...lines, add);
}

function thenOf(drawing: Drawing, place: string, leaf: Part): HTMLElement[] {
  const first = leaf.first as Part, then = leaf.then as Part;
  const happened = leaf.happened !== false;
  return [
    eventOf(drawing, joined(place, "first"), first, "first_event"), whereOf(drawing, joined(place, "first"), first),
    choice(drawing, drawing.word("happened"), joined(place, "happened"),
      [["yes", drawing.word("happened_yes")], ["no", drawing.word("happened_no")]], happened ? "yes" : "no", (value) => {
        if (value === "yes") delete leaf.happened;
        else leaf.happened = false;
      }),
    eventOf(drawing, joined(place, "then"), then, "then_event"),
    number(drawing, drawing.word("within_days"), joined(place, "within_days"), leaf, "within_days", { whole: true, least: 1 }),
    whereOf(drawing, joined(place, "then"), then), ...duringOf(drawing, place, leaf),
  ];
}
