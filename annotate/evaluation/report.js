"use strict";
// Filters the list of errors. Without it the list is whole and the filter stays hidden.
(function () {
  const form = document.getElementById("filter");
  const { gold, predicted, words, count } = form.elements;
  const kinds = [...document.querySelectorAll(".kind")].map((section) => ({
    section,
    gold: section.dataset.gold,
    predicted: section.dataset.predicted,
    details: section.querySelector("details"),
    errors: [...section.querySelectorAll(".error")].map((item) => ({
      item,
      text: plain(item.textContent),
    })),
  }));
  const total = kinds.reduce((sum, kind) => sum + kind.errors.length, 0);

  function plain(text) {
    return text.normalize("NFC").toLowerCase().replace(/\s+/g, " ");
  }

  function apply() {
    const wanted = plain(words.value).trim().split(" ").filter(Boolean);
    let found = 0;
    for (const kind of kinds) {
      const fits =
        (!gold.value || gold.value === kind.gold) &&
        (!predicted.value || predicted.value === kind.predicted);
      let here = 0;
      for (const { item, text } of kind.errors) {
        item.hidden = !(fits && wanted.every((word) => text.includes(word)));
        here += item.hidden ? 0 : 1;
      }
      kind.section.hidden = here === 0;
      if (kind.details) {
        kind.details.open = wanted.length > 0;
      }
      found += here;
    }
    const filtered = wanted.length > 0 || gold.value || predicted.value;
    count.textContent = filtered ? `${found} of ${total} shown errors fit` : "";
  }

  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  // A cell of the matrix leads to errors that a filter may have hidden.
  for (const link of document.querySelectorAll(".confusion a")) {
    link.addEventListener("click", () => {
      form.reset();
      apply();
    });
  }
  form.hidden = false;
  apply();
})();
