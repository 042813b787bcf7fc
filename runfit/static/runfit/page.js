// Enhancements of the result page: buttons to share the self-check, and to keep or print the result.
"use strict";

const copy = (button, text) => navigator.clipboard.writeText(text).then(() => {
  button.parentElement.querySelector("[role=status]").textContent = button.dataset.done;
});
const tools = {
  // The page of a result type, which holds no answers.
  share: (navigator.share || navigator.clipboard) && ((button) => {
    const url = new URL(button.dataset.page, location).href;
    return navigator.share ? navigator.share({ url }).catch(() => {}) : copy(button, url);
  }),
  copy: navigator.clipboard && ((button) => copy(button, new URL(button.dataset.page ?? location.href.split("#")[0], location).href)),
  print: () => print(),
};

for (const button of document.querySelectorAll("[data-tool]")) {
  const use = tools[button.dataset.tool];
  button.hidden = !use;
  button.addEventListener("click", () => use(button));
}

// The areas of a check's drawing show which answer is picked.
document.addEventListener("change", ({ target }) => {
  for (const spot of target.form?.querySelectorAll(".spot") ?? []) spot.classList.toggle("on", spot.control?.checked);
});

// The answers have arrived, so check.js may discard its copy.
const { check } = document.currentScript.dataset;
try {
  if (check) sessionStorage.setItem(`arrived ${check}`, "");
} catch {
  // Storage is blocked, so there's no copy.
}
