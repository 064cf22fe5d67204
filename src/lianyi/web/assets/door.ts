// The door: tickets are read by the camera or typed, and told to the server with how long ago each was. Without a
// network the list of codes that was fetched last says what is good, and what was seen is told later; the same told
// twice counts once, so a scan is only dropped when it was answered.

import { ready, watch } from "./doors/camera";
import { drop, keepList, listOf, note, noted, type List, type Scan } from "./doors/store";
import { codeIn, codeOf, ticketIn } from "./doors/tickets";

interface Item {
  outcome: "came" | "before" | "undone" | "waiting" | "cancelled" | "repeated" | "unknown";
  registration: string;
  name: string;
  at: number | null;
}
interface Found {
  registration: string;
  name: string;
  others: string;
  seat: string;
  came: number | null;
}

const FRESH = 30_000; // ms between two lists
const AT_ONCE = 200; // scans
const SAME = 4_000; // ms in which the same code is not read again
const root = document.querySelector<HTMLElement>("[data-door]");
if (root !== null) begin(root);

function begin(root: HTMLElement): void {
  const gathering = Number(root.dataset.gathering);
  const place = root.dataset.door ?? "";
  const words = JSON.parse(document.getElementById("door-words")?.textContent ?? "{}") as Record<string, string>;
  const token = root.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
  let list: List | undefined;
  let telling = Promise.resolve();
  let last = { text: "", at: 0 };

  const part = <T extends HTMLElement>(name: string): T | null => root.querySelector<T>(`[data-${name}]`);
  const word = (name: string, values: Record<string, string | number> = {}): string =>
    (words[name] ?? name).replace(/\{(\w+)\}/g, (_, key: string) => String(values[key] ?? ""));
  const clock = (at: number | null | undefined): string =>
    at == null ? "" : new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

  function show(tone: "good" | "warn" | "bad", title: string, name = "", anyway?: () => void): void {
    const shown = part("result");
    if (shown === null) return;
    const box = document.createElement("div");
    box.className = `alert alert-soft note-${tone}`;
    const text = document.createElement("div");
    const first = document.createElement("p");
    first.className = "text-lg font-semibold";
    first.textContent = name || title;
    text.append(first);
    if (name !== "") text.append(Object.assign(document.createElement("p"), { textContent: title }));
    box.append(text);
    if (anyway !== undefined) box.append(button(word("let_in"), anyway));
    shown.replaceChildren(box);
    navigator.vibrate?.(tone === "good" ? 60 : [60, 60, 60]);
  }

  function button(label: string, act: () => void): HTMLButtonElement {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: label });
    made.addEventListener("click", act);
    return made;
  }

  async function ask(path: string, scans?: Scan[]): Promise<unknown> {
    const told = (scans ?? []).map(({ ticket, code, registration, anyway, at }) => ({
      ticket, code, registration, anyway, ago: Math.max(0, Date.now() - at),
    }));
    const answer = await fetch(place + path, {
      method: scans === undefined ? "GET" : "POST",
      headers: scans === undefined ? {} : { "Content-Type": "application/json", "X-CSRFToken": token },
      ...(scans === undefined ? {} : { body: JSON.stringify({ scans: told }) }),
      redirect: "manual",
      signal: AbortSignal.timeout(8000),
    });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new Error("signed_out");
    if (!answer.ok) throw new Error("refused");
    return answer.json();
  }

  async function refresh(): Promise<void> {
    try {
      const fresh = (await ask("/list")) as Omit<List, "gathering" | "at">;
      list = { ...fresh, gathering, at: Date.now() };
      await keepList(list);
      count();
    } catch {
      list ??= await listOf(gathering).catch(() => undefined);
      count();
    }
  }

  function count(): void {
    const shown = part("count");
    if (shown !== null && list !== undefined) shown.textContent = word("count", { came: list.came, seated: list.seated });
  }

  async function network(said?: string): Promise<void> {
    const waiting = (await noted(gathering)).length;
    const shown = part("network");
    if (shown !== null) shown.textContent = said ?? (waiting ? word("offline", { count: waiting }) : word("online"));
  }

  // Tells what was noted; one turn after another, so that no scan is told by two at once.
  function tell(): Promise<void> {
    telling = telling.then(settle, settle);
    return telling;
  }

  async function settle(): Promise<void> {
    const waiting = (await noted(gathering)).slice(0, AT_ONCE);
    if (waiting.length === 0) return network();
    let items: Item[];
    try {
      items = ((await ask("/check", waiting)) as { items: Item[] }).items;
    } catch (error) {
      return network(error instanceof Error && error.message === "signed_out" ? word("signed_out") : undefined);
    }
    for (const one of waiting) if (one.id !== undefined) await drop(one.id);
    const tally = { came: 0, before: 0, other: 0 };
    for (const one of items) tally[one.outcome === "came" || one.outcome === "before" ? one.outcome : "other"] += 1;
    const shown = part("settled");
    if (shown !== null) shown.textContent = word("settled", { count: items.length, ...tally });
    await refresh();
    await network();
  }

  async function take(scan: Omit<Scan, "gathering" | "at">): Promise<void> {
    const whole: Scan = { ...scan, gathering, at: Date.now() };
    try {
      const { items } = (await ask("/check", [whole])) as { items: Item[] };
      const item = items[0];
      if (item !== undefined) answered(item);
      void refresh();
      void tell();
    } catch (error) {
      if (error instanceof Error && error.message === "refused") return show("bad", word("unknown"));
      await alone(whole);
      await network(error instanceof Error && error.message === "signed_out" ? word("signed_out") : undefined);
    }
  }

  function answered(item: Item): void {
    const anyway = (): void => void take({ ticket: "", code: "", registration: item.registration, anyway: "yes" });
    const title = word(item.outcome, { at: clock(item.at) });
    if (item.outcome === "came") show("good", title, item.name);
    else if (["waiting", "cancelled", "undone"].includes(item.outcome)) show("warn", title, item.name, anyway);
    else show(item.outcome === "before" ? "warn" : "bad", title, item.name);
  }

  // Without a network: what the list says of the code, and what this phone has seen itself.
  async function alone(scan: Scan): Promise<void> {
    list ??= await listOf(gathering).catch(() => undefined);
    const code = scan.code || (scan.ticket ? await codeOf(scan.ticket) : "");
    const before = (await noted(gathering)).find(
      (one) => (code !== "" && one.code === code) || (scan.registration !== "" && one.registration === scan.registration),
    );
    if (before !== undefined) return show("warn", word("again", { at: clock(before.at) }));
    const known = list?.codes[code];
    if (known?.[1] != null) return show("warn", word("before", { at: clock(known[1]) }));
    const keep = async (anyway: string): Promise<void> => {
      await note({ ...scan, code, anyway });
      await network();
    };
    if (known !== undefined && known[0] !== "seated" && scan.anyway === "") {
      return show("warn", word(known[0]), "", () => void keep("yes").then(() => show("good", word("kept"))));
    }
    await keep(scan.anyway);
    if (known === undefined && scan.registration === "") {
      return show("warn", word("kept_unknown", { at: clock(list?.at) }));
    }
    show("good", word("kept"));
  }

  async function seen(text: string): Promise<void> {
    if (text === last.text && Date.now() - last.at < SAME) return void (last.at = Date.now());
    last = { text, at: Date.now() };
    const ticket = ticketIn(text);
    if (!/^[\w-]+\.\d+\.[\w-]+$/.test(ticket)) return show("bad", word("unknown"));
    await take({ ticket, code: "", registration: "", anyway: "" });
  }

  part("start")?.addEventListener("click", () => {
    const video = part<HTMLVideoElement>("video");
    if (video === null) return;
    watch(video, (text) => void seen(text)).then(
      () => {
        video.classList.remove("hidden");
        part("start")?.classList.add("hidden");
      },
      () => {
        const shown = part("no-camera");
        shown?.classList.remove("hidden");
        if (shown !== null) shown.textContent = word("no_camera");
      },
    );
  });

  part<HTMLFormElement>("code")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = (event.target as HTMLFormElement).elements.namedItem("code") as HTMLInputElement;
    const code = codeIn(field.value);
    field.value = "";
    void take({ ticket: "", code, registration: "", anyway: "" });
  });

  part<HTMLFormElement>("search")?.addEventListener("submit", (event) => {
    event.preventDefault();
    void search(((event.target as HTMLFormElement).elements.namedItem("q") as HTMLInputElement).value);
  });

  async function search(words: string): Promise<void> {
    const shown = part("found");
    if (shown === null) return;
    const answer = await ask(`/search?q=${encodeURIComponent(words)}`).catch(() => undefined);
    if (answer === undefined) return network();
    const { items } = answer as { items: Found[] };
    shown.replaceChildren(...items.map(row));
    if (items.length === 0) shown.append(Object.assign(document.createElement("li"), { className: "py-3", textContent: word("nobody") }));
  }

  function row(one: Found): HTMLLIElement {
    const line = document.createElement("li");
    line.className = "flex items-center justify-between gap-3 py-3";
    const text = document.createElement("div");
    text.className = "min-w-0 wrap-anywhere";
    text.append(Object.assign(document.createElement("p"), { className: "font-medium", textContent: one.name || one.others }));
    const more = one.came === null ? one.seat : word("before", { at: clock(one.came) });
    const about = [one.name ? one.others : "", more].filter((part) => part !== "").join(" · ");
    text.append(Object.assign(document.createElement("p"), { className: "text-sm text-base-content/75", textContent: about }));
    line.append(text);
    if (one.came === null)
      line.append(button(word("check_in"), () => void take({ ticket: "", code: "", registration: one.registration, anyway: "" })));
    return line;
  }

  void refresh().then(tell);
  setInterval(() => void refresh().then(tell), FRESH);
  addEventListener("online", () => void tell());
  addEventListener("offline", () => void network());
  if ("serviceWorker" in navigator && root.dataset.worker !== undefined) {
    // What this page was made of came before the worker did: it is fetched once more, so that it is kept.
    void navigator.serviceWorker.register(root.dataset.worker).then(
      () => Promise.all([navigator.serviceWorker.ready, ready()]).then(() => keepThisPage()),
      () => undefined,
    );
  }
}

async function keepThisPage(): Promise<void> {
  const kept = await caches.open("door");
  const parts = performance.getEntriesByType("resource").map((one) => one.name).filter((name) => name.includes("/static/"));
  await Promise.allSettled([location.pathname, ...new Set(parts)].map((place) => kept.add(place)));
  document.documentElement.dataset.kept = "yes";
}
