// The desk's forms: what has to be fixed, the words that a picture needs, and where a plan starts. Optional on every page.
"use strict";

(() => {
  const words = document.currentScript.dataset; // in the desk's language

  // ---- Errors: a list of them on top, and the focus in the first field to fix.

  const ROWS = ".fieldBox, .form-row, td, .inline-related";

  // Where fields share a line, an error stands before the box of its field.
  const rowOf = (list) => (list.nextElementSibling?.matches(".fieldBox") ? list.nextElementSibling : list.closest(ROWS));

  function errors() {
    const found = [...document.querySelectorAll("#content form .errorlist:not(.nonfield)")].map((list) => {
      const row = rowOf(list);
      const input = row && ownOf(row, "input:not([type='hidden']), select, textarea");
      return input && { list, input, label: labelOf(row), text: list.querySelector("li").firstChild?.textContent.trim() };
    });
    return found.filter(Boolean);
  }

  // Not what an error itself offers: somebody else's words to take instead.
  const ownOf = (row, selector) => [...row.querySelectorAll(selector)].find((each) => !each.closest(".errorlist"));

  const labelOf = (row) =>
    (row.dataset.label ?? ownOf(row, "label, legend")?.textContent ?? "").trim().replace(/:$/, "");

  function goTo({ list, input }) {
    const tab = list.closest(".tab");
    if (tab?.hidden) document.querySelector(`.tabs [aria-controls="${tab.id}"]`).click();
    for (let fold = list.closest("details"); fold; fold = fold.parentNode.closest("details")) fold.open = true;
    input.focus({ preventScroll: true });
    list.scrollIntoView({ block: "center" });
  }

  function goToFirstError() {
    const found = errors();
    const first = found[0];
    if (first) goTo(first);
    else document.querySelector("form .errorlist")?.scrollIntoView({ block: "center" });
  }

  function listErrors(note) {
    const found = errors();
    if (!found.length) return;
    const list = document.createElement("ul");
    list.append(
      ...found.map((error) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = `#${error.input.id}`;
        link.textContent = error.label || error.text;
        link.addEventListener("click", (event) => {
          event.preventDefault();
          goTo(error);
        });
        item.append(link, error.label ? `: ${error.text}` : "");
        return item;
      }),
    );
    note.append(list);
  }

  // ---- Pictures: once one is chosen, its words are asked for at once.

  function wordsFor(file) {
    const [, prefix, name] = /^(.*-)?([^-]+)$/.exec(file.name);
    const names = [`${name.replace(/_file$/, "")}_alt`, "picture_alt", "alt"];
    return names.map((each) => file.form.elements.namedItem(`${prefix ?? ""}${each}`)).find(Boolean);
  }

  function askForWords({ target }) {
    if (target.type !== "file" || !target.files.length) return;
    const field = wordsFor(target);
    if (!field) return;
    const place = field.closest("td") ?? field.closest(".form-row") ?? field.parentNode;
    let note = place.querySelector(".ask-for-words");
    if (!note) {
      note = document.createElement("p");
      note.className = "ask-for-words";
      note.setAttribute("role", "status");
      place.append(note);
    }
    note.textContent = field.value.trim() ? words.stillRight : words.inWords;
    field.addEventListener("input", () => note.remove(), { once: true });
  }

  document.addEventListener("change", askForWords);

  // After an error, the browser has forgotten which file was chosen: without its words, it isn't sent.
  function keepUntilInWords(event) {
    const chosen = [...event.target.querySelectorAll("input[type='file']")].filter((each) => each.files.length);
    const bare = chosen.find((file) => wordsFor(file)?.value.trim() === "");
    if (!bare) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    askForWords({ target: bare });
    const field = wordsFor(bare);
    field.focus({ preventScroll: true });
    field.scrollIntoView({ block: "center" });
  }

  document.addEventListener("submit", keepUntilInWords, true);

  // ---- A plan starts where its result type does, until another start is picked.

  document.addEventListener("change", ({ target }) => {
    const start = target.selectedOptions?.[0]?.dataset.startPhase;
    const field = start && target.form.elements.namedItem("start_phase");
    if (!field || ![field.dataset.filled ?? "", ""].includes(field.value)) return;
    field.value = field.dataset.filled = start;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // After admin.js has labeled the cells of tables and picked a tab.
  document.addEventListener("DOMContentLoaded", () => {
    const note = document.querySelector(".errornote");
    if (!note) return;
    listErrors(note);
    // Later, since a browser that goes to the address's hash takes the focus away.
    addEventListener("load", () => setTimeout(goToFirstError));
  });
})();
