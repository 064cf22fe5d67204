// Forms on any website: each <div data-lianyi-form="ADDRESS"> gets the page of that form, in a frame that is as tall as
// the page. What people type stays out of reach of the website's other scripts, and the website's looks out of the form.
// lianyi.js fetches this where a page has such a place; it works without lianyi.js too, put into the page by itself. It
// tells the form the visitor by lianyi.js, if that may know them, so that who submits is who visited, and where they
// came from. It stores nothing. Where no script runs, what stands in the place stays: a link to the form.
(() => {
  const SANDBOX =
    "allow-forms allow-scripts allow-same-origin allow-popups allow-downloads allow-top-navigation-by-user-activation";
  const CLICKS = "gclid gbraid wbraid fbclid msclkid ttclid twclid li_fat_id yclid bd_vid qz_gdt gdt_vid clickid".split(" ");
  const home = document.currentScript.src.replace(/\/[^/]*$/, "");
  const frames = new Map();

  // The visit as lianyi.js has kept it, else as this page shows it.
  const source = (known) => {
    const asked = new URLSearchParams(location.search);
    const told = { ly_referrer: (document.referrer.split("/")[2] || "").slice(0, 200) };
    if (told.ly_referrer === location.host) told.ly_referrer = "";
    for (const name of ["utm_source", "utm_medium", "utm_campaign", "ly_code", ...CLICKS])
      if (asked.get(name)) told[name] = asked.get(name).slice(0, 200);
    let kept = {};
    try {
      kept = (known && JSON.parse(localStorage.ly_visits).now) || {};
    } catch {
      // nothing is kept, or storage is blocked
    }
    if (!Object.keys(kept).length) return told;
    const { source, medium, name } = kept.campaign || {};
    const said = { utm_source: source, utm_medium: medium, utm_campaign: name, ly_code: kept.ly_code };
    return { ...said, ...kept.clickIds, ly_referrer: (kept.referrer && kept.referrer.host) || "" };
  };

  const fill = (place) => {
    const address = place.getAttribute("data-lianyi-form");
    if (!/^[a-z0-9]{1,40}$/.test(address) || place.matches("form") || place.querySelector("iframe")) return;
    const visitor = (window.lianyi && window.lianyi.anonymousId && window.lianyi.anonymousId()) || "";
    const said = { page: (location.host + location.pathname).slice(0, 200), ly_visitor: visitor, ...source(visitor) };
    const language = (place.closest("[lang]") || document.documentElement).lang;
    if (language) said.lang = language;
    const query = new URLSearchParams();
    for (const name of Object.keys(said)) if (said[name] || name === "ly_referrer") query.set(name, said[name]);
    const frame = document.createElement("iframe");
    frame.title = place.textContent.trim() || "Form";
    frame.setAttribute("sandbox", SANDBOX);
    frame.src = home + "/f/" + address + "?" + query;
    frame.style.cssText = "display:block;width:100%;height:30rem;border:0";
    place.replaceChildren(frame);
    frames.set(frame.contentWindow, frame);
  };

  addEventListener("message", (event) => {
    const frame = frames.get(event.source);
    const said = event.data;
    if (!frame || event.origin !== new URL(home).origin || !said || said.lianyi !== "form") return;
    if (said.height > 0) frame.style.height = Math.ceil(said.height) + "px";
    if (/^https?:/.test(said.go)) location.href = said.go;
  });

  const begin = () => document.querySelectorAll("[data-lianyi-form]").forEach(fill);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin);
  else begin();
})();
