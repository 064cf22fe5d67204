// Forms and blocks of landing pages on any website: each <div data-lianyi-form="ADDRESS"> gets that form, each
// <div data-lianyi-block="PAGE/BLOCK"> that block of the published page (HOST/PAGE/BLOCK at an own domain), in a frame as
// tall as what it shows. What people type stays out of reach of the website's other scripts, and its looks out of the
// frame. lianyi.js fetches this where there is such a place; it works without lianyi.js too. It tells the frame the
// visitor by lianyi.js, if that may know them, and where they came from. It stores nothing. Where no script runs, or the
// frame has nothing to show, what stands in the place stays: a link.
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

  // Where the page of the frame is, and what it is told besides; nothing for what is no address.
  const addressed = (place) => {
    const [, form] = /^([a-z0-9]{1,40})$/.exec(place.dataset.lianyiForm || "") || [];
    if (form) return ["/f/" + form, {}];
    const [, host, page, block] = /^(?:([a-z0-9.-]+)\/)?([a-z0-9-]+)\/([a-z0-9-]+)$/.exec(place.dataset.lianyiBlock) || [];
    const lights = getComputedStyle(place).colorScheme || "";
    const light = !/dark/.test(lights) ? "day" : /light/.test(lights) ? "" : "night";
    return page && ["/p/" + page + "/block/" + block, { ly_host: host, light }];
  };

  const fill = (place) => {
    const [address, more] = addressed(place) || [];
    if (!address || place.matches("form") || place.querySelector("iframe")) return;
    const visitor = (window.lianyi && window.lianyi.anonymousId && window.lianyi.anonymousId()) || "";
    const said = { page: (location.host + location.pathname).slice(0, 200), ly_visitor: visitor, ...source(visitor), ...more };
    const language = (place.closest("[lang]") || document.documentElement).lang;
    if (language) said.lang = language;
    const query = new URLSearchParams();
    for (const name of Object.keys(said)) if (said[name] || name === "ly_referrer") query.set(name, said[name]);
    const frame = document.createElement("iframe");
    frame.title = place.textContent.trim() || address;
    frame.setAttribute("sandbox", SANDBOX);
    frame.allow = "fullscreen";
    frame.src = home + address + "?" + query;
    frame.style.cssText = "display:block;width:100%;height:0;border:0";
    place.append(frame);
    frames.set(frame.contentWindow, frame);
  };

  addEventListener("message", (event) => {
    const frame = frames.get(event.source);
    const said = event.data;
    if (!frame || event.origin !== new URL(home).origin || !said || said.lianyi !== "form") return;
    if (said.height > 0) {
      frame.style.height = Math.ceil(said.height) + "px";
      while (frame.previousSibling) frame.previousSibling.remove();
    }
    if (/^https?:/.test(said.go)) location.href = said.go;
  });

  const begin = () => document.querySelectorAll("[data-lianyi-form], [data-lianyi-block]").forEach(fill);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin);
  else begin();
})();
