// Tests of a value: of a trait, of a property of an event, of a day. Only those are offered that fit its type.
import { choice, day, joined, lines, number, text, type Drawing } from "./controls";
import type { Option, Part } from "./vocabulary";

const DAYS = ["date", "moment"];
const ALL = ["text", "number", "boolean", "date", "moment", "list"];
// What is offered, with its word, the types that it is for, and what it begins as.
const TESTS: Record<string, { word: string; fits: string[]; fresh: () => Part }> = {
  equals: { word: "equals", fits: ["text"], fresh: () => ({ test: "equals", value: "" }) },
  one_of: { word: "one_of", fits: ["text"], fresh: () => ({ test: "one_of", values: [] }) },
  contains: { word: "contains", fits: ["text"], fresh: () => ({ test: "contains", text: "" }) },
  starts_with: { word: "starts_with", fits: ["text"], fresh: () => ({ test: "starts_with", text: "" }) },
  range: { word: "range", fits: ["number"], fresh: () => ({ test: "range" }) },
  equals_number: { word: "equals_number", fits: ["number"], fresh: () => ({ test: "equals", value: 0 }) },
  one_of_number: { word: "one_of_number", fits: ["number"], fresh: () => ({ test: "one_of", values: [0] }) },
  equals_boolean: { word: "equals_boolean", fits: ["boolean"], fresh: () => ({ test: "equals", value: true }) },
  dates: { word: "dates", fits: DAYS, fresh: () => ({ test: "dates" }) },
  from_today: { word: "from_today", fits: DAYS, fresh: () => ({ test: "from_today", from_days: -30, to_days: 0 }) },
  anniversary: { word: "anniversary", fits: DAYS, fresh: () => ({ test: "anniversary", within_days: 7 }) },
  has: { word: "has", fits: ["list"], fresh: () => ({ test: "has", values: [] }) },
  known: { word: "known", fits: ALL, fresh: () => ({ test: "known" }) },
};
const OF_PROPERTIES = ["equals", "one_of", "contains", "starts_with", "range", "equals_number", "one_of_number", "equals_boolean", "known"];
export const OF_TRAITS = Object.keys(TESTS);
export const OF_DAYS = ["dates", "from_today"];

// The types of traits that a type of JSON can be.
export function typesOf(json: string): string[] {
  return { text: ["text"], number: ["number"], truth: ["boolean"] }[json] ?? ["text", "number", "boolean"];
}

function named(test: Part): string {
  const value = test.test === "one_of" && Array.isArray(test.values) ? (test.values as unknown[])[0] : test.value;
  if (test.test === "equals" && typeof value === "boolean") return "equals_boolean";
  if ((test.test === "equals" || test.test === "one_of") && typeof value === "number") return `${test.test}_number`;
  return test.test ?? "";
}

// Whether a test is one for a value of these types.
export function fits(test: Part, types: string[]): boolean {
  return TESTS[named(test)]?.fits.some((type) => types.includes(type)) ?? false;
}

export function freshFor(types: string[], offered: string[] = OF_TRAITS): Part {
  const first = offered.find((one) => TESTS[one]?.fits.some((type) => types.includes(type)));
  return TESTS[first ?? "known"]?.fresh() ?? { test: "known" };
}

export function testOf(
  drawing: Drawing, place: string, part: Part, types: string[], offered: string[] = OF_PROPERTIES, label = "test",
): HTMLElement[] {
  const at = joined(place, "is");
  if (typeof part.is !== "object" || part.is === null) part.is = freshFor(types, offered);
  const test = part.is as Part;
  const now = named(test);
  const options = offered.filter((one) => one === now || TESTS[one]?.fits.some((type) => types.includes(type)))
    .map((one): Option => [one, drawing.word(TESTS[one]?.word ?? one)]);
  const chosen = choice(drawing, drawing.word(label), at, options, now, (value) => {
    part.is = TESTS[value]?.fresh() ?? { test: value };
  }, true);
  return [chosen, ...inputsOf(drawing, at, test, now)];
}

function inputsOf(drawing: Drawing, at: string, test: Part, now: string): HTMLElement[] {
  const word = (name: string): string => drawing.word(name);
  switch (now) {
    case "equals": return [text(drawing, word("value"), joined(at, "value"), test, "value")];
    case "equals_number": return [number(drawing, word("value"), joined(at, "value"), test, "value")];
    case "equals_boolean":
      return [choice(drawing, word("value"), joined(at, "value"), [["yes", word("yes")], ["no", word("no")]],
        test.value === true ? "yes" : "no", (value) => { test.value = value === "yes"; })];
    case "one_of": case "has": return [lines(drawing, word("values"), joined(at, "values"), test, "values", false)];
    case "one_of_number": return [lines(drawing, word("values"), joined(at, "values"), test, "values", true)];
    case "contains": case "starts_with": return [text(drawing, word("value"), joined(at, "text"), test, "text")];
    case "range":
      return ["at_least", "more_than", "at_most", "less_than"]
        .filter((bound) => ["at_least", "at_most"].includes(bound) || test[bound] !== undefined)
        .map((bound) => number(drawing, word(bound), joined(at, bound), test, bound));
    case "dates": return datesOf(drawing, at, test);
    case "from_today": return spanOf(drawing, at, test);
    case "anniversary": return [number(drawing, word("within_days"), joined(at, "within_days"), test, "within_days", { whole: true, least: 0 })];
    default: return [];
  }
}

export function datesOf(drawing: Drawing, at: string, test: Part): HTMLElement[] {
  return ["from_on", "to_on"].map((one) => day(drawing, drawing.word(one), joined(at, one), test, one));
}

// Days from today: the last ones, the next ones, longer ago, or any two.
function spanOf(drawing: Drawing, at: string, test: Part): HTMLElement[] {
  const { from_days: from, to_days: to } = test as { from_days?: number; to_days?: number };
  const now = to === 0 && from !== undefined && from < 0 ? "last" : from === 0 && to !== undefined && to > 0 ? "next"
    : from === undefined && to !== undefined && to < 0 ? "before" : "between";
  const fresh: Record<string, () => void> = {
    last: () => { test.from_days = -30; test.to_days = 0; },
    before: () => { delete test.from_days; test.to_days = -30; },
    next: () => { test.from_days = 0; test.to_days = 30; },
    between: () => { test.from_days = -90; test.to_days = -31; },
  };
  const options = ["last", "before", "next", "between"].map((one): Option => [one, drawing.word(`span_${one}`)]);
  const chosen = choice(drawing, drawing.word("span"), `${at}.span`, options, now, (value) => fresh[value]?.(), true);
  const days = (key: string, turned: boolean): HTMLElement =>
    number(drawing, drawing.word("days"), joined(at, key), test, key, { whole: true, least: 1, turned });
  if (now === "last") return [chosen, days("from_days", true)];
  if (now === "before") return [chosen, days("to_days", true)];
  if (now === "next") return [chosen, days("to_days", false)];
  return [chosen, ...["from_days", "to_days"].map((key) => number(drawing, drawing.word(key), joined(at, key), test, key, { whole: true }))];
}
