// What a survey's page does besides form.js: in a ranking, a place that is given to another option leaves the one that
// had it, so that each is given once.
document.querySelectorAll("[data-ranking]").forEach((ranking) => {
  const places = [...ranking.querySelectorAll("select")];
  const before = new Map(places.map((one) => [one, one.value]));
  ranking.addEventListener("change", (event) => {
    const had = places.find((one) => one !== event.target && one.value && one.value === event.target.value);
    if (had) had.value = before.get(event.target);
    for (const one of places) before.set(one, one.value);
  });
});
