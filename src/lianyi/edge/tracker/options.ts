// What the website says in its script tag, read once while the script runs: `document.currentScript` is gone later.
// Each option is a data attribute (data-cookie-days) or, for tag managers that drop those, a parameter of the script's
// own address (lianyi.js?key=…&cookieDays=…). The attribute wins.

export interface Options {
  key: string;
  /** Where the collector is, without a slash at the end. */
  endpoint: string;
  /** "required": nothing is stored or sent before `consent(true)`. */
  consent?: string;
  /** "false": sends in spite of Do Not Track and Global Privacy Control. */
  respectDnt?: string;
  /** Empty: this host only. */
  cookieDomain: string;
  cookieDays: number;
  /** "manual": page views are sent by `page()` only. */
  pages?: string;
}

export let options: Options;

/** False when the script tag names no write key. */
export function readOptions(): boolean {
  const script = (document.currentScript ||
    document.querySelector("script[data-key][src*=lianyi]")) as HTMLScriptElement;
  const address = new URL(script.src);
  const said: Record<string, string> = {};
  address.searchParams.forEach((value, name) => (said[name] = value));
  options = {
    endpoint: address.origin + address.pathname.replace(/\/[^/]*$/, ""),
    ...said,
    ...script.dataset,
  } as unknown as Options;
  options.cookieDays = +options.cookieDays || 365;
  options.cookieDomain = (options.cookieDomain || "").replace(/^\./, "");
  return !!options.key;
}
