// One message of the Segment HTTP API, with all that is known of the moment it speaks of.

import { put } from "./delivery";
import { visit } from "./source";
import { anonymousId, user, uuid, whenAllowed } from "./visitor";

export interface Page {
  url: string;
  path: string;
  title: string;
  referrer: string;
  search: string;
}

const VERSION = "1.0.0";

export function readPage(referrer: string): Page {
  return {
    url: location.href.slice(0, 2048),
    path: location.pathname.slice(0, 1024),
    title: document.title.slice(0, 512),
    referrer: referrer.slice(0, 2048),
    search: location.search.slice(0, 1024),
  };
}

/** Sends a message of `page` at `at`, or holds it until the visitor has agreed. `change` is done just before. */
export function send(type: string, content: object, page: Page, at = new Date(), change?: () => void): void {
  whenAllowed(() => {
    if (change) change();
    const { first, now } = visit(+at);
    const { id, signature } = user();
    put({
      type,
      messageId: uuid(),
      anonymousId: anonymousId(),
      userId: id,
      timestamp: at.toISOString(),
      context: {
        page,
        userAgent: navigator.userAgent,
        locale: navigator.language,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        screen: { width: screen.width, height: screen.height, density: devicePixelRatio },
        library: { name: "lianyi.js", version: VERSION },
        signature,
        ...now,
        first: JSON.stringify(first) === JSON.stringify(now) ? undefined : first,
      },
      ...content,
    });
  });
}
