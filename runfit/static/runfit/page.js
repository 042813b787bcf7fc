// Enhancements of the result page: buttons to share, copy or print it.
"use strict";

const address = location.href.split("#")[0];
const tools = {
  share: navigator.share && (() => navigator.share({ url: address }).catch(() => {})),
  copy: !navigator.share && navigator.clipboard && ((button) => navigator.clipboard.writeText(address).then(() => {
    button.parentElement.querySelector("[role=status]").textContent = button.dataset.done;
  })),
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
try {
  sessionStorage.setItem(`arrived ${document.currentScript.dataset.check}`, "");
} catch {
  // Storage is blocked, so there's no copy.
}
