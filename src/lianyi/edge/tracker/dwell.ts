// How long a page was really looked at: visible, and touched within the last minute. No timer runs; each sign of life
// adds the time since the one before it, at most a minute.

const ATTENTION = 60_000;

let spent = 0;
let last = 0;
let looking = false;

/** A sign of life; also called when the page is shown or hidden. */
export function live(): void {
  const now = performance.now();
  if (looking) spent += Math.min(now - last, ATTENTION);
  looking = !document.hidden;
  last = now;
}

/** The seconds since the last call, to a tenth; less than half a second is none. */
export function takeSeconds(): number {
  live();
  const seconds = Math.round(spent / 100) / 10;
  spent = 0;
  return seconds < 0.5 ? 0 : seconds;
}

export function watchAttention(): void {
  for (const sign of ["pointerdown", "pointermove", "keydown", "scroll", "touchstart"])
    addEventListener(sign, live, { passive: true, capture: true });
  live();
}
