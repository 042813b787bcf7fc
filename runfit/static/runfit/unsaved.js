// The desk: words that aren't saved yet are marked, kept in the tab, and offered again.
// Never passwords, files, or hidden fields. Optional on every page.
"use strict";

(() => {
  const SENT = "unsaved sent"; // holds the key of the form that was sent last
  const PAUSE = 300; // milliseconds after the last change
  const ROW = /^(.+)-(\d+|__prefix__)-(.+)$/;
  const LONGEST = 160; // characters of a field in the offer
  const NEVER = ["hidden", "password", "file", "submit", "button", "reset", "image"];

  // ---- What the tab keeps. Nothing, if its storage is blocked or full.

  function kept(key) {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function keep(key, value) {
    try {
      sessionStorage.setItem(key, JSON.stringify(value));
    } catch {
      // The page still warns before it's left.
    }
  }

  function forget(key) {
    try {
      sessionStorage.removeItem(key);
    } catch {
      // Nothing was kept.
    }
  }

  // The page right after a form was sent says whether it was saved.
  function forgetSaved() {
    const sent = kept(SENT);
    forget(SENT);
    if (sent && document.querySelector(".messagelist .success")) forget(sent);
  }

  // ---- Fields. Those of an inline row are named by the row itself, because its place can change:
  // prefix, the stored row's number or + and a count of new ones, field.

  const isBox = (field) => field.type === "checkbox" || field.type === "radio";
  const isSelect = (field) => field.localName === "select";

  function fieldsOf(form) {
    const rows = namesOfRows(form);
    const fields = new Map();
    for (const field of form.elements) {
      if (!field.name || !("value" in field) || NEVER.includes(field.type)) continue;
      const [, prefix, index, part] = ROW.exec(field.name) ?? [];
      const row = prefix && rows.get(`${prefix}-${index}`);
      const name = row ? JSON.stringify([prefix, row, part]) : field.name;
      if (!fields.has(name)) fields.set(name, []);
      fields.get(name).push(field);
    }
    return fields;
  }

  function namesOfRows(form) {
    const names = new Map();
    for (const total of form.querySelectorAll('[name$="-TOTAL_FORMS"]')) {
      const prefix = total.name.slice(0, -"-TOTAL_FORMS".length);
      names.set(`${prefix}-__prefix__`, "new");
      let added = 0;
      for (let index = 0; index < Number(total.value); index++) {
        const stored = form.elements.namedItem(`${prefix}-${index}-id`)?.value;
        names.set(`${prefix}-${index}`, stored || `+${added++}`);
      }
    }
    return names;
  }

  function hasRow(form, prefix, row) {
    return [...namesOfRows(form)].some(([place, name]) => name === row && place.startsWith(`${prefix}-`));
  }

  function values(fields) {
    return fields.flatMap((field) => {
      if (isBox(field)) return field.checked ? [field.value] : [];
      if (isSelect(field)) return [...field.selectedOptions].map((option) => option.value);
      return [field.value];
    });
  }

  // As the server sent them: browsers fill in texts and boxes again after Back.
  function sentValues(fields) {
    return fields.flatMap((field) => {
      if (isBox(field)) return field.defaultChecked ? [field.value] : [];
      return isSelect(field) ? values([field]) : [field.defaultValue];
    });
  }

  function same(one, other) {
    const plain = (texts) => texts.map((text) => text.replace(/\r\n/g, "\n").trim()).filter(Boolean);
    return JSON.stringify(plain(one)).toLowerCase() === JSON.stringify(plain(other)).toLowerCase();
  }

  function write(fields, texts) {
    fields.forEach((field, index) => {
      if (isBox(field)) field.checked = texts.includes(field.value);
      else if (isSelect(field)) {
        for (const option of field.options) option.selected = texts.includes(option.value);
      } else field.value = texts[index] ?? "";
    });
  }

  function labelOf(field) {
    const place = field.closest("td, .flex-container, .form-row");
    const label =
      place?.dataset.label ??
      place?.querySelector("legend, label:not(.vCheckboxLabel)")?.textContent ??
      field.labels?.[0]?.textContent;
    return (label ?? "").trim().replace(/:$/, "");
  }

  function wordsOf(fields) {
    return fields
      .flatMap((field) => {
        if (isSelect(field)) return [...field.selectedOptions].map((option) => option.text);
        if (isBox(field)) return field.checked ? [field.labels?.[0]?.textContent.trim() ?? ""] : [];
        return [field.value];
      })
      .filter(Boolean)
      .join(", ");
  }

  // ---- One form

  class Unsaved {
    constructor(form, place) {
      this.form = form;
      this.place = place;
      this.region = place.querySelector(".put-back");
      this.mark = place.querySelector(".not-saved");
      this.wasRefused = "refused" in place.dataset; // this page is the answer to a save
      this.key = `unsaved ${place.dataset.owner} ${address()}`;
      this.original = new Map();
      for (const [name, fields] of fieldsOf(form)) this.original.set(name, sentValues(fields));
      this.earlier = kept(this.key); // kept until it's put back, forgotten, or saved
      const row = form.querySelector(".submit-row");
      // On a phone the page's own buttons can be far below: the mark has one for the first of them.
      const first = row?.querySelector("input[type=submit]");
      this.mark.querySelector("button").addEventListener("click", () => form.requestSubmit(first));
      row?.prepend(this.mark);
      this.listen();
      if (this.wasRefused || !this.earlier) this.update();
      else this.offer();
    }

    listen() {
      const later = () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.update(), PAUSE);
      };
      for (const name of ["input", "change", "click", "drop", "pointerup"]) {
        this.form.addEventListener(name, later);
      }
      this.form.addEventListener("submit", () => {
        this.update();
        this.warn(false);
        keep(SENT, this.key);
      });
      addEventListener("pagehide", () => this.update());
      addEventListener("pageshow", (event) => event.persisted && this.update());
      this.region.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button?.dataset.answer === "back") this.putBack();
        else if (button) this.drop();
      });
    }

    // ---- What isn't saved

    before(name) {
      return this.original.get(name) ?? this.original.get(blank(name)) ?? [];
    }

    changes() {
      const changes = {};
      for (const [name, fields] of fieldsOf(this.form)) {
        const now = values(fields);
        if (same(now, this.before(name))) continue;
        changes[name] = { values: now, label: labelOf(fields[0]), words: wordsOf(fields) };
      }
      return changes;
    }

    update() {
      clearTimeout(this.timer);
      const changes = this.changes();
      const fields = { ...this.earlier?.fields, ...changes };
      const opened = this.earlier?.opened ?? this.form.elements.as_opened?.value;
      if (Object.keys(fields).length) keep(this.key, { opened, fields });
      else forget(this.key);
      this.warn(this.wasRefused || Object.keys(changes).length > 0 || this.hasMore());
    }

    // What counts as unsaved without being kept.
    hasMore() {
      const isFilled = (field) =>
        (field.type === "file" && field.files.length) || (field.type === "password" && field.value);
      return [...this.form.elements].some(isFilled) || this.form.querySelector(".rows.moved") !== null;
    }

    warn(isUnsaved) {
      this.mark.hidden = !isUnsaved;
      if (isUnsaved) addEventListener("beforeunload", ask);
      else removeEventListener("beforeunload", ask);
    }

    // ---- What was kept

    offer() {
      const fields = fieldsOf(this.form);
      const differs = ([name, { values: texts }]) =>
        !same(texts, fields.has(name) ? values(fields.get(name)) : this.before(name));
      const different = Object.entries(this.earlier.fields).filter(differs);
      if (different.length) this.say("offer", different.map(([, field]) => field));
      else this.earlier = null;
      this.update();
    }

    putBack() {
      const { opened, fields: texts } = this.earlier;
      this.addRows(Object.keys(texts));
      const fields = fieldsOf(this.form);
      const names = Object.keys(texts).filter((name) => fields.has(name));
      for (const name of names) write(fields.get(name), texts[name].values);
      for (const name of names) {
        fields.get(name)[0].dispatchEvent(new Event("change", { bubbles: true }));
      }
      // With what the page showed back then, saving finds what others saved meanwhile.
      if (opened && this.form.elements.as_opened) this.form.elements.as_opened.value = opened;
      const homeless = Object.keys(texts).filter((name) => !fields.has(name));
      this.earlier = null;
      this.say(homeless.length ? "homeless" : "is-back", homeless.map((name) => texts[name]));
      this.update();
    }

    drop() {
      this.earlier = null;
      this.say("forgotten", []);
      this.update();
    }

    addRows(names) {
      for (const [prefix, row] of names.map(rowOf).filter(Boolean)) {
        if (!row.startsWith("+")) continue;
        const button = this.form.querySelector(`#${CSS.escape(prefix)}-group .add-row a`);
        const total = this.form.elements.namedItem(`${prefix}-TOTAL_FORMS`);
        for (let before = ""; button && !hasRow(this.form, prefix, row); button.click()) {
          if (total.value === before) break; // no more rows are allowed
          before = total.value;
        }
      }
    }

    say(template, lines) {
      this.region.replaceChildren(this.place.querySelector(`template.${template}`).content.cloneNode(true));
      this.region.querySelector("ul")?.append(...lines.map(line));
      if (template !== "offer") this.region.focus();
    }
  }

  function line({ label, words }) {
    const item = document.createElement("li");
    const short = words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
    item.textContent = label && short ? `${label}: ${short}` : label || short;
    return item;
  }

  function rowOf(name) {
    return name.startsWith("[") ? JSON.parse(name) : null;
  }

  // The name of a field in an inline row that's still empty.
  function blank(name) {
    const [prefix, row, part] = rowOf(name) ?? [];
    return row?.startsWith("+") ? JSON.stringify([prefix, "new", part]) : "";
  }

  // A change page is the same page whatever list it was opened from.
  function address() {
    const { pathname, search } = location;
    return pathname.endsWith("/change/") ? pathname : pathname + search;
  }

  const ask = (event) => event.preventDefault();

  // After admin.js has set up the rules.
  document.addEventListener("DOMContentLoaded", () => {
    forgetSaved();
    const place = document.getElementById("unsaved");
    if (place) new Unsaved(place.closest("form"), place);
  });
})();
