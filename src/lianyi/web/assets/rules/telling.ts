// What the server says of a place stands there, or at the nearest place around it that is drawn.
import { element, idOf } from "./controls";

// `drawn` holds the parts, `shown` what the server said; the places in it begin behind `root`, where the rule stands.
export function tell(drawn: HTMLElement, shown: HTMLElement, root = ""): void {
  drawn.querySelectorAll("[data-told]").forEach((one) => one.remove());
  drawn.querySelectorAll("[aria-invalid]").forEach((one) => {
    one.removeAttribute("aria-invalid");
    one.removeAttribute("aria-describedby");
  });
  const at = (place: string): HTMLElement | null => drawn.querySelector(`[data-place="${CSS.escape(place)}"]`);
  shown.querySelectorAll<HTMLElement>("[data-problem]").forEach((problem, number) => {
    const inside = problem.dataset.problem ?? "";
    let place = root === "" || inside === "" ? root + inside : `${root}.${inside}`;
    let found = at(place);
    while (found === null && place !== root) {
      place = place.replace(/(\.?[^.[\]]+|\[\d+\])$/, "");
      found = at(place);
    }
    if (found === null || place === root) return;
    const told = element("p", { class: `rule-wide rule-said-${problem.dataset.tone}`, id: `${idOf(root)}told-${number}`, "data-told": true },
      problem.querySelector("[data-said]")?.textContent ?? "");
    found.append(told);
    const input = document.getElementById(idOf(place));
    if (input === null) return;
    if (problem.dataset.tone === "bad") input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", told.id);
  });
}
