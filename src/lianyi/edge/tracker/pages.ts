// Which pages are looked at, and for how long: loads, moves within one document, returns from the browser's cache.

import { flush, leave } from "./delivery";
import { live, takeSeconds, watchAttention } from "./dwell";
import { readPage, send, type Page } from "./message";
import { options } from "./options";
import { quiet } from "./quiet";
import { readSource, visit } from "./source";
import { allowed, whenAllowed } from "./visitor";

const TITLE_COMES_WITHIN = 100;

let page: Page;
let route = "";
let arrived: Date;
/** Runs while the view of `page` is still to be sent. */
let timer = 0;

/** What tells two pages of one document apart: an anchor does not, a route written behind # does. */
function routeNow(): string {
  return location.pathname + location.search + (/^#!?\//.test(location.hash) ? location.hash : "");
}

/** The page that a call of this moment is about. */
export function pageNow(): Page {
  return readPage(page.referrer);
}

/** Notes where the visitor is and comes from, before anything is sent from there. */
export function arrive(referrer: string): void {
  const source = readSource(referrer); // which may change the address
  page = readPage(referrer);
  route = routeNow();
  const at = (arrived = new Date());
  whenAllowed(() => visit(+at, source));
  // Scripts often set the title a little later.
  timer = window.setTimeout(view, TITLE_COMES_WITHIN);
}

function report(name?: string, properties?: object): void {
  send("page", { name, properties: { ...page, ...properties } }, page, arrived);
}

const view = quiet(() => {
  clearTimeout(timer);
  timer = 0;
  page.title = pageNow().title;
  if (options.pages !== "manual") report();
});

function leavePage(): void {
  if (timer) view();
  const seconds = takeSeconds();
  if (seconds) send("track", { event: "Page Dwelled", properties: { seconds } }, page);
}

/** A view that the website reports by itself. */
export function viewed(name?: string, properties?: object): void {
  leavePage();
  page = pageNow();
  arrived = new Date();
  report(name, properties);
}

const moved = quiet(() => {
  if (routeNow() === route) return;
  leavePage();
  arrive(page.url);
});

const hidden = quiet(() => {
  leavePage();
  if (allowed()) leave();
});

const shown = quiet(() => {
  live();
  if (allowed()) flush();
});

const returned = quiet(({ persisted }: PageTransitionEvent) => {
  live();
  if (!persisted) return;
  arrived = new Date();
  view();
});

export function watchPages(): void {
  const push = history.pushState;
  history.pushState = function (...input) {
    push.apply(this, input);
    moved();
  };
  addEventListener("popstate", moved);
  addEventListener("pagehide", hidden);
  addEventListener("pageshow", returned);
  document.addEventListener("visibilitychange", () => (document.hidden ? hidden() : shown()));
  watchAttention();
}
