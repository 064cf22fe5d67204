// Who the visitor is to us, and whether we may know: Do Not Track, Global Privacy Control and the visitor's own answer.

import { discard } from "./delivery";
import { options } from "./options";
import { quiet } from "./quiet";
import { restartVisits, VISITS } from "./source";
import { erase, read, readObject, write, writeObject } from "./store";

interface User {
  id: string;
  signature: string | undefined;
}

const ID = "ly_id";
const USER = "ly_user";
const ANSWER = "ly_consent";
const GIVEN = "1";
const REFUSED = "0";
const HELD_STEPS = 200;

let withdrawn = false;
let held: (() => void)[] = [];

/** Whether the browser itself says no. */
function objects(): boolean {
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & { globalPrivacyControl?: boolean };
  return options.respectDnt !== "false" && (globalPrivacyControl || doNotTrack === "1");
}

function mustAsk(): boolean {
  return options.consent === "required";
}

export function allowed(): boolean {
  // Read anew each time: another tab, or a site of the same domain, may have had the answer meanwhile.
  const answer = read(ANSWER);
  return !withdrawn && !objects() && (mustAsk() ? answer === GIVEN : answer !== REFUSED);
}

/** Does it now where that is allowed, at the answer where the visitor has yet to be asked, and otherwise never. */
export function whenAllowed(step: () => void): void {
  if (allowed()) step();
  else if (mustAsk() && !withdrawn && held.length < HELD_STEPS) held.push(step);
}

export function consent(given: boolean): void {
  const steps = held;
  held = [];
  withdrawn = !given;
  if (given) {
    if (objects()) return;
    write(ANSWER, GIVEN);
    steps.map((step) => quiet(whenAllowed)(step));
  } else {
    for (const name of [ID, USER, VISITS, ANSWER]) erase(name);
    discard();
    // Without leave not even the answer is stored: it is asked again on the next page.
    if (!mustAsk() && !objects()) write(ANSWER, REFUSED);
  }
}

/** Empty where nothing may be known. */
export function anonymousId(): string {
  if (!allowed()) return "";
  let id = read(ID);
  if (!id || !/^[\w-]{8,64}$/.test(id)) write(ID, (id = uuid()));
  return id;
}

export function user(): Partial<User> {
  return readObject<User>(USER);
}

export function recognise(id: string, signature?: string): void {
  const known = user();
  // Somebody else at the same machine is another visitor.
  if (known.id && known.id !== id) forget();
  writeObject(USER, { id, signature: signature || user().signature });
}

export function forget(): void {
  erase(ID);
  erase(USER);
  restartVisits();
}

export function uuid(): string {
  if (crypto.randomUUID) return crypto.randomUUID(); // not on pages that came by plain http
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (+digit ^ (crypto.getRandomValues(new Uint8Array(1))[0]! & (15 >> (+digit / 4)))).toString(16),
  );
}
