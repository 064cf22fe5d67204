// The tracker of a website: who visits, from where, what they look at and for how long, and what they send with forms
// that were marked for it. It speaks the Segment HTTP API to its own installation. docs/how-to/website.md says how to
// put it into a page.
//
// Promises: it never throws into the page it is a guest of, leaves one global (`lianyi`), stores and sends nothing
// without leave (Do Not Track, Global Privacy Control, consent), and loses no event while the browser keeps its storage.

import { flush } from "./delivery";
import { embed } from "./embedding";
import { readForm } from "./forms";
import { send } from "./message";
import { readOptions } from "./options";
import { arrive, pageNow, viewed, watchPages } from "./pages";
import { quiet } from "./quiet";
import { allowed, anonymousId, consent, forget, recognise, user, whenAllowed } from "./visitor";

type Call = [string, ...unknown[]] | ((face: object) => void);

function identify(who?: unknown, traits?: unknown, settings?: { signature?: string }): void {
  const known = who && typeof who !== "object";
  send("identify", { traits: (!known && who) || traits || {} }, pageNow(), undefined, () => {
    if (known) recognise(String(who), settings && settings.signature);
  });
}

const calls = {
  track: (event: string, properties?: object) => send("track", { event, properties: properties || {} }, pageNow()),
  page: viewed,
  identify,
  alias: (userId: string, previousId?: string) =>
    whenAllowed(() => send("alias", { userId, previousId: previousId || user().id || anonymousId() }, pageNow())),
  group: (groupId: string, traits?: object) => send("group", { groupId, traits: traits || {} }, pageNow()),
  consent,
  reset: () => whenAllowed(forget),
  flush: async () => {
    if (allowed()) await flush();
  },
  anonymousId,
  push: (...all: Call[]) => {
    for (const call of all)
      if (typeof call === "function") quiet(call)(face);
      else face[call[0]]!(...call.slice(1));
  },
};
const face: Record<string, (...input: unknown[]) => unknown> = {};
for (const [name, call] of Object.entries(calls)) face[name] = quiet(call as (...input: unknown[]) => unknown);

const submitted = quiet(({ target }: Event) => {
  const sent = readForm(target as HTMLFormElement);
  if (!sent) return;
  const { traits, ...properties } = sent;
  calls.track("Form Submitted", properties);
  if (Object.keys(traits).length) identify(traits);
});

quiet(() => {
  const place = window as unknown as { lianyi?: unknown };
  const early = place.lianyi;
  if (early && !Array.isArray(early)) return; // the script is in the page twice
  if (!readOptions()) return console.warn("lianyi: no data-key");
  const begin = quiet(() => {
    arrive(document.referrer);
    place.lianyi = face;
    for (const call of (early as Call[]) || []) face.push!(call);
    watchPages();
    embed();
    addEventListener("submit", submitted, true);
    addEventListener("online", face.flush!);
  });
  // A page that the browser prepares in advance has been seen by nobody yet.
  if ((document as { prerendering?: boolean }).prerendering)
    document.addEventListener("prerenderingchange", begin, { once: true });
  else begin();
})();
