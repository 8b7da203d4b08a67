"use strict";
(() => {
  const cards = [...document.querySelectorAll("[data-outcome]")];
  const filters = [...document.querySelectorAll("select[data-by]")];
  const shown = document.getElementById("shown");

  const filter = () => {
    for (const card of cards) {
      card.hidden = filters.some((one) => one.value && card.dataset[one.dataset.by] !== one.value);
    }
    const left = cards.filter((card) => !card.hidden).length;
    const chosen = filters.filter((one) => one.value);
    const how = chosen.map((one) => `${one.dataset.by} ${one.selectedOptions[0].text}`);
    shown.textContent = [`${left} of ${cards.length} shown`, ...how].join(", ");
  };

  const visible = () => cards.filter((card) => !card.hidden);
  const folds = () => visible().flatMap((card) => [card, ...card.querySelectorAll(".finding")]);
  const fold = (open) => folds().forEach((one) => { one.open = open; });

  const copy = async (button) => {
    const code = button.closest(".copied").querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 3000);
  };

  const reveal = (id) => {
    const target = id && document.getElementById(id);
    if (!target) return;
    if (target.closest("[hidden]")) {
      filters.forEach((one) => { one.value = ""; });
      filter();
    }
    for (let one = target; one; one = one.parentElement) {
      if (one.tagName === "DETAILS") one.open = true;
    }
    target.scrollIntoView();
    target.querySelector("summary")?.focus();
  };
  const revealNamed = () => reveal(location.hash.slice(1));

  filters.forEach((one) => one.addEventListener("change", filter));
  document.getElementById("open").addEventListener("click", () => fold(true));
  document.getElementById("close").addEventListener("click", () => fold(false));
  document.addEventListener("click", (event) => {
    if (event.target.matches(".copy")) copy(event.target);
    if (event.target.matches('a[href^="#x"]')) reveal(event.target.hash.slice(1));
  });

  document.getElementById("filters").hidden = !cards.length;
  document.querySelectorAll(".copy").forEach((one) => { one.hidden = false; });
  filter();
  revealNamed();
  addEventListener("hashchange", revealNamed);
})();
