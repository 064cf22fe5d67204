// What is remembered between pages. The id and the visitor's answer live in a first-party cookie, or in localStorage
// where cookies are blocked; the rest in localStorage. Where both are blocked this page's memory serves.

import { options } from "./options";
import { quiet } from "./quiet";

const memory: Record<string, string> = {};

const readCookie = quiet((name: string) => {
  const match = document.cookie.match("(?:^|; )" + name + "=([^;]*)");
  return match ? decodeURIComponent(match[1]!) : undefined;
});

const writeCookie = quiet((name: string, value: string, days: number) => {
  const { cookieDomain } = options;
  document.cookie =
    `${name}=${encodeURIComponent(value)}; path=/; max-age=${days * 86400}; samesite=lax` +
    (cookieDomain && "; domain=" + cookieDomain) +
    (location.protocol === "https:" ? "; secure" : "");
});

const readStorage = quiet((name: string) => localStorage.getItem(name));

export function readLocal(name: string): string | undefined {
  return memory[name] || readStorage(name) || undefined;
}

export function writeLocal(name: string, value: string): void {
  memory[name] = value;
  quiet(() => {
    localStorage.setItem(name, value);
    delete memory[name];
  })();
}

/** The cookie, or what stands in for it. */
export function read(name: string): string | undefined {
  return readCookie(name) || readLocal(name);
}

export function write(name: string, value: string): void {
  writeCookie(name, value, options.cookieDays);
  if (readCookie(name) !== value) writeLocal(name, value);
}

export function eraseLocal(name: string): void {
  delete memory[name];
  quiet(() => localStorage.removeItem(name))();
}

export function erase(name: string): void {
  if (readCookie(name)) writeCookie(name, "", 0);
  eraseLocal(name);
}

/** The names that begin with `prefix`, in order. */
export function namesLocal(prefix: string): string[] {
  return Object.keys(memory)
    .concat(quiet(() => Object.keys(localStorage))() || [])
    .filter((name) => name.startsWith(prefix))
    .sort();
}

/** A stored object; an empty one where none is, or where somebody else wrote. */
export function readObject<T>(name: string): Partial<T> {
  return quiet(() => JSON.parse(readLocal(name)!) as T)() || {};
}

export function writeObject(name: string, value: object): void {
  writeLocal(name, JSON.stringify(value));
}
