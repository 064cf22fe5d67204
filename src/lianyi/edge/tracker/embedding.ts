// Forms and blocks of ours that the website has a place for: `<div data-lianyi-form="ADDRESS">`,
// `<div data-lianyi-block="PAGE/BLOCK">`. What fills them (growth/forms/embed.js) is fetched only where there is one, so
// that all other pages stay light.

import { options } from "./options";

export function embed(): void {
  if (document.querySelector("div[data-lianyi-form],div[data-lianyi-block]")) {
    const script = document.createElement("script");
    script.src = options.endpoint + "/lianyi-forms.js";
    document.head.append(script);
  } else if (document.readyState === "loading") addEventListener("DOMContentLoaded", embed);
}
