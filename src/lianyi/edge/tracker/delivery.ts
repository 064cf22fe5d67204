// The way out. A message stays in the browser's storage until the collector has acknowledged it; a repeat carries the
// same messageId and counts once. Each message is an entry of its own there, so that tabs do not undo one another's
// work. A beacon is a try: nobody learns whether it arrived.

import { options } from "./options";
import { eraseLocal, namesLocal, readLocal, writeLocal } from "./store";

const QUEUE = "ly_queue_";
const MOST_MESSAGES = 1000;
const MESSAGE_BYTES = 32_000;
// The collector takes 500 kB; small batches stay below the 64 kB that a closing page may send over all its requests.
const BATCH_BYTES = 30_000;
const SLOWEST_RETRY = 300_000;

/** Names of the entries that a request is on its way with. */
let sending: string[] = [];
/** Whether something has come since the last beacon. */
let fresh = false;
let count = 0;
let timer = 0;
let failures = 0;

function bytes(text: string): number {
  return new Blob([text]).size;
}

export function put(message: { messageId: string; [part: string]: unknown }): void {
  // Half a character, as cutting leaves it, is no text that a server could read.
  const line = JSON.stringify(message).replace(/\\(ud[89a-f]..|.)/g, (all, half) => (half[1] ? "\ufffd" : all));
  if (bytes(line) > MESSAGE_BYTES) {
    console.warn("lianyi: dropped an event over 32 kB");
    return;
  }
  // Names sort by time, and by order within a millisecond.
  writeLocal(QUEUE + (Date.now() * 1000 + (count++ % 1000)) + message.messageId, line);
  namesLocal(QUEUE).slice(0, -MOST_MESSAGES).map(eraseLocal);
  fresh = true;
  if (!timer) later(300);
}

function stop(): void {
  clearTimeout(timer);
  timer = 0;
}

function later(wait: number): void {
  stop();
  timer = window.setTimeout(() => {
    timer = 0;
    flush();
  }, wait);
}

function nextBatch(): string[] {
  let size = 0;
  return namesLocal(QUEUE)
    .filter((name) => !sending.includes(name))
    .filter((name, index) => (size += bytes(readLocal(name)!)) < BATCH_BYTES || !index);
}

/** One request. As text without a type of its own it asks for no preflight; the endpoint's cookies are none of ours. */
function post(names: string[], beacon?: boolean): Promise<Response> | void {
  const address = options.endpoint + "/v1/batch";
  const body = `{"batch":[${names.map(readLocal)}],"sentAt":"${new Date().toISOString()}","writeKey":${JSON.stringify(options.key)}}`;
  if (!beacon || !navigator.sendBeacon || !navigator.sendBeacon(address, body))
    return fetch(address, { method: "POST", body, keepalive: true, credentials: "omit" });
}

/** Sends what waits, batch after batch; resolves when nothing is left, or when it has to be tried again later. */
export async function flush(): Promise<void> {
  let names: string[];
  while (!sending.length && (names = nextBatch()).length) {
    sending = names;
    let status = 0;
    try {
      status = (await post(names)!).status;
    } catch {
      // offline, or blocked
    }
    sending = [];
    if (!status || status > 499 || status === 408 || status === 429)
      return later(Math.min(SLOWEST_RETRY, 1000 * 2 ** failures++) * (0.75 + Math.random() / 2));
    // Delivered, or refused for good.
    failures = 0;
    names.map(eraseLocal);
  }
}

/** The page is being left: what is not on its way yet goes by beacon, once, and is sent again on the next occasion. */
export function leave(): void {
  stop();
  const names = nextBatch();
  const sent = fresh && names.length && post(names, true);
  if (sent) sent.catch(() => 0);
  fresh = false;
}

/** Forgets all that waits. What is on its way cannot be called back. */
export function discard(): void {
  stop();
  namesLocal(QUEUE).map(eraseLocal);
}
