"use strict";
// Sorts and filters the table of errors. Without it the table is whole and the filter stays hidden.
(function () {
  const STEP = 50;
  const form = document.getElementById("filter");
  const { gold, predicted, words, count } = form.elements;
  const table = document.getElementById("error-table");
  const body = table.tBodies[0];
  const more = document.getElementById("more");
  const rows = [...body.rows].map((row, place) => ({
    row,
    place,
    text: plain(row.textContent),
    key: (name) => row.querySelector(`[data-key="${name}"]`)?.textContent ?? "",
  }));
  let shown = STEP;

  function plain(text) {
    return text.normalize("NFC").toLowerCase().replace(/\s+/g, " ");
  }

  function apply() {
    const wanted = plain(words.value).trim().split(" ").filter(Boolean);
    const fitting = rows.filter(
      ({ key, text }) =>
        (!gold.value || gold.value === key("gold")) &&
        (!predicted.value || predicted.value === key("predicted")) &&
        wanted.every((word) => text.includes(word)),
    );
    const visible = new Set(fitting.slice(0, shown).map(({ row }) => row));
    for (const { row } of rows) {
      row.hidden = !visible.has(row);
    }
    more.hidden = fitting.length <= shown;
    const filtered = wanted.length > 0 || gold.value || predicted.value;
    const some = visible.size < fitting.length ? `, ${visible.size} of them shown` : "";
    count.textContent = filtered
      ? `${fitting.length} of ${rows.length} errors fit${some}`
      : `${rows.length} errors${some}`;
  }

  function sort(heading) {
    const falling = heading.getAttribute("aria-sort") === "ascending";
    const name = heading.dataset.sort;
    const sign = falling ? -1 : 1;
    const number = name === "score";
    rows.sort((a, b) => {
      const [left, right] = [a.key(name), b.key(name)];
      const order = number ? left - right : left.localeCompare(right);
      return sign * order || a.place - b.place;
    });
    for (const other of table.querySelectorAll("th[data-sort]")) {
      other.removeAttribute("aria-sort");
    }
    heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
    body.append(...rows.map(({ row }) => row));
    apply();
  }

  function reset() {
    form.reset();
    shown = STEP;
    apply();
  }

  for (const heading of table.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(heading));
  }
  form.addEventListener("input", () => {
    shown = STEP;
    apply();
  });
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => {
    shown += STEP;
    apply();
  });
  // A cell of the matrix leads to the errors of its kind, whatever the filter hid.
  for (const link of document.querySelectorAll(".confusion a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const first = document.getElementById(link.hash.slice(1));
      const found = rows.find(({ row }) => row === first);
      reset();
      gold.value = found.key("gold");
      predicted.value = found.key("predicted");
      apply();
      first.focus();
      first.scrollIntoView({ block: "center" });
    });
  }
  window.addEventListener("beforeprint", () => {
    shown = rows.length;
    apply();
  });
  form.hidden = false;
  apply();
})();
