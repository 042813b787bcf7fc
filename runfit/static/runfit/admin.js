// The desk: shows rules as sentences, and reorders rows with arrow buttons. Optional on every page.
"use strict";

(() => {
  const words = document.currentScript.dataset; // in the desk's language
  const FIELDS = ["question", "choices", "dimension", "at_least", "at_most", "below", "confidences"];

  // ---- Lists: the new order is saved at once. Without scripts the buttons post it.

  let saving = Promise.resolve();

  const rowsOf = (body) => [...body.querySelectorAll("tr.has_original")];
  const place = (row, body, before) => body.insertBefore(row, before ?? null);

  function move(row, to) {
    const body = row.parentNode;
    const rows = rowsOf(body);
    const at = rows.indexOf(row);
    const before = { up: rows[at - 1], down: rows[at + 2] }[to] ?? rows.find((each) => each.dataset.pk === to);
    if (to === "up" && at === 0) return;
    const next = rows[at + 1];
    place(row, body, before);
    keep(row, next);
  }

  // Saves where a row is now; if that fails, it goes back before `next`.
  function keep(row, next) {
    const body = row.parentNode;
    const list = body.closest(".rows");
    const rows = rowsOf(body);
    const after = rows[rows.indexOf(row) + 1];
    const name = list.id.replace(/-group$/, "");
    saving = saving.then(async () => {
      const saved = await send(list, `${name}/${row.dataset.pk}/${after?.dataset.pk ?? "end"}`);
      if (saved) checkAgain();
      else place(row, body, next);
      rowsOf(body).forEach((each, index) => {
        each.querySelector("input._reorder_").value = index + 1;
      });
    });
  }

  // What's wrong can depend on the order: the page's findings are read again, once she pauses.
  let checking = 0;

  function checkAgain() {
    clearTimeout(checking);
    checking = setTimeout(async () => {
      try {
        const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
        for (const place of document.querySelectorAll("#standing, .cases-now")) {
          const now = page.querySelector(place.id ? `#${place.id}` : ".cases-now");
          if (now && !place.contains(document.activeElement)) place.replaceChildren(...now.childNodes);
        }
      } catch {
        // They're as they were when the page was opened.
      }
    }, 700);
  }

  async function send(list, value) {
    const form = document.getElementById("order");
    const said = list.querySelector(".moved");
    const body = new FormData(form);
    body.set("move", value);
    try {
      const headers = { "X-Requested-With": "fetch" };
      const response = await fetch(form.action, { method: "POST", body, headers, redirect: "error" });
      if (!response.ok && response.status !== 409) throw new Error(response.status);
      said.innerHTML = await response.text();
      return response.ok;
    } catch {
      said.textContent = said.dataset.away;
      return false;
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".rows button[form='order']");
    if (!button) return;
    event.preventDefault();
    const [, pk, to] = button.value.split("/");
    const row = button.closest(".rows").querySelector(`tr[data-pk="${pk}"]`);
    move(row, to);
    const arrows = [...row.querySelectorAll("[data-move]")];
    const shown = button.dataset.move ? [button, ...arrows] : arrows;
    shown.find((each) => getComputedStyle(each).visibility === "visible").focus();
  });
  // Dragging sends this event, once the row is where it was dropped.
  document.addEventListener("sort", ({ target, item, oldIndex }) => {
    if (!target.closest(".rows") || !item.dataset.pk) return;
    const others = rowsOf(target).filter((row) => row !== item);
    keep(item, others[oldIndex]);
  });

  // ---- What a link leads to shows: its tab is picked, and its list unfolds.

  function reveal() {
    const place = location.hash && document.getElementById(location.hash.slice(1));
    if (!place) return;
    showTab(place.closest(".tab"));
    const fold = place.querySelector(":scope > * > fieldset > details");
    if (fold) fold.open = true;
    place.scrollIntoView();
  }

  addEventListener("hashchange", reveal);

  // ---- Tabs: the parts of a long page. Without scripts they stand below each other.

  function showTab(panel) {
    const picked = panel && document.querySelector(`.tabs [aria-controls="${panel.id}"]`);
    if (!picked) return;
    for (const tab of document.querySelectorAll(".tabs [role='tab']")) {
      tab.setAttribute("aria-selected", tab === picked);
      tab.tabIndex = tab === picked ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== picked;
    }
  }

  function pick(tab) {
    history.replaceState(null, "", tab.hash);
    showTab(document.getElementById(tab.hash.slice(1)));
  }

  function tabs(nav) {
    const all = [...nav.querySelectorAll("a")];
    nav.setAttribute("role", "tablist");
    for (const tab of all) {
      const panel = document.getElementById(tab.hash.slice(1));
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      if (panel.querySelector(".errorlist")) tab.classList.add("faulty");
    }
    nav.addEventListener("click", (event) => {
      const tab = event.target.closest("a");
      if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      pick(tab);
    });
    nav.addEventListener("keydown", (event) => {
      const at = all.indexOf(event.target);
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1, " ": at }[event.key];
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      const tab = all.at(to % all.length);
      tab.focus();
      pick(tab);
    });
    const error = document.querySelector(".tab .errorlist");
    showTab((error ?? document.querySelector(".tab")).closest(".tab"));
  }

  // ---- Rules: show only the fields that a condition uses, and its sentence.

  const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const inputs = (row, name) => [...row.querySelectorAll(`[name$="-${name}"]`)];
  const picked = (select) => select.selectedOptions[0]?.text ?? "";
  const box = (row, name) =>
    row.querySelector(`.fieldBox.field-${name}`)?.parentNode ??
    row.querySelector(`.form-row.field-${name}`);

  function begin(row) {
    const kind = field(row, "kind");
    if (!kind?.dataset.rule || row.dataset.rule) return;
    row.dataset.rule = "yes";
    const rule = JSON.parse(kind.dataset.rule);
    const answers = answerBoxes(row);
    const update = () => {
      show(row, rule.uses[kind.value] ?? []);
      offerQuestions(row, kind.value);
      offerAnswers(row, answers);
      say(row, rule);
    };
    row.addEventListener("input", update);
    row.addEventListener("change", update);
    update();
  }

  // Unused fields are disabled too, so that they aren't submitted.
  function show(row, used) {
    for (const name of FIELDS) {
      const place = box(row, name);
      if (!place) continue;
      place.hidden = !used.includes(name);
      for (const input of inputs(row, name)) input.disabled = place.hidden;
    }
    for (const line of row.querySelectorAll(".form-row")) {
      const boxes = [...line.querySelectorAll(".fieldBox")];
      if (boxes.length) line.hidden = boxes.every((field) => field.parentNode.hidden);
    }
  }

  // Number conditions are for scales, answer conditions for choice questions.
  function offerQuestions(row, kind) {
    const question = field(row, "question");
    const groups = [...field(row, "choices").querySelectorAll("optgroup")].map((group) => group.label);
    for (const option of question.options) {
      const scale = !groups.includes(option.text);
      option.hidden = option.disabled = option.value !== "" && scale !== (kind === "number");
    }
    if (question.selectedOptions[0]?.disabled) question.value = "";
  }

  // Replaces the multiple select with a checkbox per answer.
  function answerBoxes(row) {
    const select = field(row, "choices");
    const list = document.createElement("div");
    list.className = "answers";
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", words.answers);
    if (!field(row, "question").value) adopt(row, select);
    const boxes = [...select.options].map((option) => answerBox(option));
    list.append(...boxes.map((box) => box.label));
    select.after(list);
    select.hidden = true;
    const help = box(row, "choices").querySelector(".help");
    if (help) help.hidden = true;
    return boxes;
  }

  function answerBox(option) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "checkbox";
    input.checked = option.selected;
    input.addEventListener("input", () => {
      option.selected = input.checked;
    });
    label.append(input, ` ${option.text}`);
    return { option, label, input, group: option.parentNode.label };
  }

  // Infers the question from the selected answers.
  function adopt(row, select) {
    const group = select.selectedOptions[0]?.parentNode.label;
    const match = [...field(row, "question").options].find((option) => option.text === group);
    if (match) match.selected = true;
  }

  function offerAnswers(row, answers) {
    const question = picked(field(row, "question"));
    for (const answer of answers) {
      answer.label.hidden = answer.group !== question;
      if (answer.label.hidden) answer.option.selected = false;
      answer.input.checked = answer.option.selected;
    }
  }

  function say(row, rule) {
    const kind = field(row, "kind").value;
    const said = {
      subject: subject(row, rule.uses[kind] ?? []),
      answers: [...field(row, "choices").selectedOptions].map((option) => `“${option.text}”`).join(", "),
      bounds: bounds(row, rule),
      sureness: inputs(row, "confidences")
        .filter((input) => input.checked)
        .map((input) => input.parentNode.textContent.trim())
        .join(rule.or),
    };
    const sentence = rule.sentences[kind] ?? rule.empty;
    const text = sentence.replace(/\{0\.(\w+)\}/g, (_, name) => said[name] || "…");
    const instead = Number(field(row, "alternative")?.value ?? 1) > 1;
    row.querySelector(".inline_label").textContent = instead ? rule.instead.replace("{rule}", () => text) : text;
  }

  function subject(row, used) {
    if (used.includes("dimension")) return named(field(row, "dimension"));
    const question = named(field(row, "question")).replace(/^\d+\. /, "");
    return question && `“${question}”`;
  }

  const named = (select) => (select?.value ? picked(select) : "");

  function bounds(row, rule) {
    return Object.entries(rule.bounds)
      .map(([name, text]) => [field(row, name), text])
      .filter(([input]) => input && !input.disabled && input.value !== "")
      .map(([input, text]) => text.replace("{}", input.value))
      .join(rule.and);
  }

  // ---- Tables: on a phone, each row is a card with labeled cells.

  function label(table) {
    const names = [...table.querySelectorAll("thead tr:last-child th")].map((heading) =>
      heading.textContent.trim().replace("?", ""),
    );
    for (const row of table.querySelectorAll("tbody tr")) {
      [...row.cells].forEach((cell, index) => {
        if (names[index] && cell.matches("td:not(.original)")) cell.dataset.label = names[index];
        cell.classList.toggle("nothing", cell.textContent.trim() === "-");
      });
    }
    table.classList.add("cards");
  }

  // ---- Filters: on a phone they stand above the list, folded but for those in use.

  function foldFilters(nav) {
    if (!matchMedia("(max-width: 767px)").matches) return;
    for (const filter of nav.querySelectorAll("details")) {
      filter.open = filter.querySelector("li.selected:not(:first-child)") !== null;
    }
  }

  // ---- First steps: folded away, they stay so in this browser, until one more is done.

  function keepFolded(steps) {
    const done = steps.querySelectorAll(".done").length;
    try {
      if (localStorage.getItem("first steps folded") === String(done)) steps.open = false;
      steps.addEventListener("toggle", () => {
        if (steps.open) localStorage.removeItem("first steps folded");
        else localStorage.setItem("first steps folded", done);
      });
    } catch {
      // They open each time.
    }
  }

  // ---- What takes long: the page says that it's working, and a second click sends nothing.

  function working(event) {
    const form = event.target;
    if (event.defaultPrevented || !form.dataset.working) return;
    if (form.querySelector(".working")) return event.preventDefault();
    const status = document.createElement("div");
    status.className = "working";
    status.setAttribute("role", "status");
    form.append(status);
    status.append(document.createElement("progress"), form.dataset.working);
    for (const help of form.querySelectorAll(":scope > .help")) help.hidden = true; // it says the same
    event.submitter?.setAttribute("aria-disabled", "true");
  }

  function idle() {
    for (const status of document.querySelectorAll(".working")) status.remove();
    for (const button of document.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }

  document.addEventListener("submit", working);
  addEventListener("pageshow", (event) => event.persisted && idle());

  // ---- The menu: an open group closes on Escape, and once she goes elsewhere.

  function menu(nav) {
    const close = () => {
      const open = nav.querySelector("details[name][open]");
      open?.removeAttribute("open");
      return open;
    };
    nav.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close()?.querySelector("summary").focus();
    });
    nav.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !nav.contains(event.relatedTarget)) close();
    });
    document.addEventListener("click", (event) => {
      if (!nav.contains(event.target)) close();
    });
  }

  // ---- Messages: they stay until closed.

  function closable(list) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "close";
    button.textContent = "×";
    button.setAttribute("aria-label", words.close);
    button.addEventListener("click", () => list.remove());
    list.firstElementChild.prepend(button);
  }

  // ---- Copying: without it, the text can be selected.

  function copyable(button) {
    const shown = button.firstChild;
    const copy = shown.data;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      await navigator.clipboard.writeText(field.value);
      shown.data = words.copied;
      setTimeout(() => {
        shown.data = copy;
      }, 3000);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const nav of document.querySelectorAll(".tabs")) tabs(nav);
    if (!document.querySelector(".errornote")) reveal();
    if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(copyable);
    for (const nav of document.querySelectorAll(".desk-menu")) menu(nav);
    for (const list of document.querySelectorAll(".messagelist")) closable(list);
    for (const table of document.querySelectorAll(".tabular table, #result_list, .by-source")) label(table);
    for (const steps of document.querySelectorAll(".first-steps")) keepFolded(steps);
    for (const nav of document.querySelectorAll("#changelist-filter")) foldFilters(nav);
    for (const row of document.querySelectorAll(".inline-related:not(.empty-form)")) begin(row);
  });
  document.addEventListener("formset:added", (event) => begin(event.target));
})();
