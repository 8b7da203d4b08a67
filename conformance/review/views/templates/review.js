"use strict";
(() => {
  const cards = [...document.querySelectorAll(".change")];
  const groups = [...document.querySelectorAll(".group")];
  const filters = [...document.querySelectorAll("select[data-by]")];
  const shown = document.getElementById("shown");

  const within = (runs, place) => runs.split(" ").some((run) => {
    const [first, last = first] = run.split("-").map(Number);
    return run && first <= place && place <= last;
  });
  const fits = {
    label: (card, value) => card.dataset.label.split(" ").includes(value),
    rule: (card, value) => card.dataset.rule === value,
    operation: (card, value) => within(card.dataset.operation, Number(value)),
  };

  const filter = () => {
    const chosen = filters.filter((one) => one.value);
    for (const card of cards) {
      card.hidden = !chosen.every((one) => fits[one.dataset.by](card, one.value));
    }
    for (const group of groups) group.hidden = !group.querySelector(".change:not([hidden])");
    const left = cards.filter((card) => !card.hidden).length;
    const how = chosen.map((one) => `${one.dataset.by} ${one.selectedOptions[0].text}`);
    shown.textContent = [`${left} of ${cards.length} shown`, ...how].join(", ");
  };

  const fold = (open) => cards.forEach((card) => { card.open = open && !card.hidden; });

  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target?.matches(".change")) return;
    if (target.hidden) {
      filters.forEach((one) => { one.value = ""; });
      filter();
    }
    target.open = true;
    target.scrollIntoView();
    target.querySelector("summary").focus();
  };

  filters.forEach((one) => one.addEventListener("change", filter));
  document.getElementById("open").addEventListener("click", () => fold(true));
  document.getElementById("close").addEventListener("click", () => fold(false));
  document.getElementById("filters").hidden = !cards.length;
  filter();
  reveal();
  addEventListener("hashchange", reveal);
})();
