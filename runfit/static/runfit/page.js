// Buttons that a page can do without: to share or copy its address, to print it.
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
