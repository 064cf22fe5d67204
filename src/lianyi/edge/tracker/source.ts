// Where a visitor comes from, as far as the address and the referrer show, kept for the visit; and where from at first.

import { options } from "./options";
import { quiet } from "./quiet";
import { readObject, writeObject } from "./store";

/** What one visit shows; nothing in it for a visit without any sign. */
export interface Source {
  campaign?: Record<string, string>;
  clickIds?: Record<string, string>;
  referrer?: { host: string };
  ly_code?: string;
  ly_click?: string;
}

interface Visits {
  first: Source;
  now: Source;
  /** When the visit last showed life, ms. */
  seen: number;
}

export const VISITS = "ly_visits";
const VISIT_ENDS_AFTER = 30 * 60_000;
const CLICK_IDS = "gclid gbraid wbraid fbclid msclkid ttclid twclid li_fat_id yclid bd_vid qz_gdt gdt_vid clickid";

export function readSource(referrer: string): Source | undefined {
  // A route behind # has parameters of its own: /#/sale?utm_source=x
  const query = new URLSearchParams(location.href.replace(/^[^?]*/, "").replace(/[?#]/g, "&"));
  const source: Record<string, unknown> = {};
  const take = (into: Record<string, unknown>, prefix: string, names: string) => {
    for (const name of names.split(" ")) {
      const value = query.get(prefix + name);
      if (value) into[name === "campaign" ? "name" : name] = value.slice(0, 200);
    }
    return into;
  };
  const whole = (name: string, part: object) => Object.keys(part).length && (source[name] = part);
  take(source, "", "ly_code ly_click");
  if (source.ly_click) forgetClick();
  whole("campaign", take({}, "utm_", "source medium campaign term content"));
  whole("clickIds", take({}, "", CLICK_IDS));
  const host = referrer.split("/")[2];
  if (host && host !== location.host && !("." + host).endsWith("." + (options.cookieDomain || "/"))) source.referrer = { host };
  return Object.keys(source).length ? source : undefined;
}

/** Takes the mark of a click out of the address: whoever gets the address from this visitor is somebody else. */
const forgetClick = quiet(() =>
  history.replaceState(
    history.state,
    "",
    location.href.replace(/([?&])ly_click=[^&#]*(&?)/, (_all, before, after) => after && before),
  ),
);

/** One more sign of life at `at`: a new source begins a visit, half an hour of silence ends it. */
export function visit(at: number, source?: Source): Visits {
  const { first, now, seen } = readObject<Visits>(VISITS);
  const current = source || (at - seen! < VISIT_ENDS_AFTER && now) || {};
  const visits = { first: first || current, now: current, seen: at };
  writeObject(VISITS, visits);
  return visits;
}

/** The visitor is somebody else from now on, who came by the present source. */
export function restartVisits(): void {
  const { now, seen } = readObject<Visits>(VISITS);
  writeObject(VISITS, { first: now, now, seen });
}
