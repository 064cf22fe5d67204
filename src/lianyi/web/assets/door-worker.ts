// Keeps the door's pages for when there is no network: they are asked for first, and what was kept stands in when nobody
// answers. Nothing else is kept, and all of it goes when somebody has to sign in again.

interface Kept extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Kept {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(name: string, act: (event: Asked) => void): void;
  location: Location;
}

const worker = self as unknown as Scope;
const NAME = "door";
const WAITS = 4000; // ms, after which a network that does not answer is none

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (event) => {
  const place = new URL(event.request.url);
  if (event.request.method !== "GET" || place.origin !== worker.location.origin) return;
  const page = /^\/gatherings\/\d+\/door$/.test(place.pathname);
  if (!page && !place.pathname.startsWith("/static/")) return;
  event.respondWith(answer(event.request, page));
});

async function answer(request: Request, page: boolean): Promise<Response> {
  const kept = await caches.open(NAME);
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(WAITS) });
    if (page && (fresh.redirected || fresh.type === "opaqueredirect" || fresh.status === 401 || fresh.status === 403)) {
      await caches.delete(NAME);
    } else if (fresh.ok) {
      await kept.put(request, fresh.clone());
    }
    return fresh;
  } catch (error) {
    const before = await kept.match(request, { ignoreVary: true });
    if (before !== undefined) return before;
    throw error;
  }
}

export {};
