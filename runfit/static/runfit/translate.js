// Translating: goes from one text that's left to the next, and counts them. Optional.
"use strict";

(() => {
  const fieldOf = (row) => row.querySelector("textarea");
  const isBlank = (field) => field.value.trim() === "";

  // What's repeated is typed once: the first one stands for all.
  function isLeft(row) {
    const field = fieldOf(row);
    if (row.matches(".missing")) return isBlank(field) && isBlank(document.getElementById(row.dataset.first));
    const stillRight = row.querySelector("input[type='checkbox']");
    return stillRight !== null && !stillRight.checked && field.value === field.defaultValue;
  }

  function begin(form) {
    const rows = [...form.querySelectorAll(".text")];
    const button = form.querySelector(".next-text");
    const [here, all] = [form.querySelector(".left .here"), form.querySelector(".left .all")];
    const elsewhere = Number(all?.textContent) - Number(here?.textContent);

    function count() {
      const left = rows.filter(isLeft).length;
      button.disabled = left === 0;
      if (!here) return;
      here.textContent = left;
      all.textContent = left + elsewhere;
    }

    function go(row) {
      fieldOf(row).focus({ preventScroll: true });
      row.scrollIntoView({ block: "center" });
    }

    // Where she is, or was before she pressed the button.
    let at = -1;

    function next() {
      const row = [...rows.slice(at + 1), ...rows.slice(0, at + 1)].find(isLeft);
      if (row) go(row);
      else form.requestSubmit(form.querySelector("[name='go-on']") ?? form.querySelector("[type='submit']"));
    }

    form.addEventListener("focusin", ({ target }) => {
      const row = target.closest(".text");
      if (row) at = rows.indexOf(row);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
      event.preventDefault();
      next();
    });
    form.addEventListener("input", count);
    button.addEventListener("click", next);
    button.hidden = form.querySelector(".by-keyboard").hidden = false;
    count();
    const saved = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const row = form.querySelector(".text:has(.errorlist)") ?? saved?.closest(".text");
    if (row) go(row);
  }

  document.addEventListener("DOMContentLoaded", () => begin(document.querySelector(".both-languages")));
})();
