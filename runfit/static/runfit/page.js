// What a result's page can do without: buttons to share, copy or print it, and a courtesy.
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

// The answers have arrived: the self-check may forget them.
try {
  sessionStorage.setItem(`arrived ${document.currentScript.dataset.check}`, "");
} catch {
  // Not allowed: then it kept none.
}
