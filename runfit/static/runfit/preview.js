// What runners get, on a phone beside the form: shows what's typed after a pause, without saving it.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const PAUSE = 700; // milliseconds without typing
  const LARGE = 1e6; // bytes
  const beside = document.querySelector(".phone-beside");
  if (!beside) return;
  const frame = beside.querySelector("iframe");
  const status = beside.querySelector("[role=status]");
  const address = beside.dataset.typed;
  const form = document.querySelector("#content-main > form");
  const wide = matchMedia("(min-width: 70rem)");
  let waiting = 0;
  let asked = new AbortController();
  let stale = false; // typed while the phone was folded
  let shown = "";
  let top = 0; // how far she has scrolled
  let followed = ""; // the part of the form that the phone was scrolled to

  const say = (name) => { status.textContent = status.dataset[name]; };

  // Emails stand in frames of their own, each as tall as its email: only the phone scrolls.
  function fitEmails() {
    for (const email of frame.contentDocument?.querySelectorAll("iframe") ?? []) {
      email.style.height = `${email.contentDocument.documentElement.scrollHeight + 2}px`; // the phone may be zoomed
    }
  }

  // Shows the email whose words she's in.
  function follow({ target }) {
    for (const email of frame.contentDocument?.querySelectorAll("[data-form]") ?? []) {
      if (email.dataset.form === followed || !target.closest(`#${email.dataset.form}`)) continue;
      followed = email.dataset.form;
      email.scrollIntoView();
    }
  }

  frame.addEventListener("load", () => {
    fitEmails();
    frame.contentWindow.scrollTo({ top, behavior: "instant" });
    follow({ target: document.activeElement });
  });
  form.addEventListener("focusin", follow);

  say("saved");

  const fit = () => { beside.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
  if (!address) return;

  beside.addEventListener("toggle", () => {
    if (beside.open && stale) show();
  });

  function typed() {
    clearTimeout(waiting);
    stale = true;
    if (beside.open) waiting = setTimeout(show, PAUSE);
  }

  // Without large files: a clip would take long to send after each word.
  function typedForm() {
    const data = new FormData(form);
    for (const [name, value] of [...data]) {
      if (value instanceof File && value.size > LARGE) data.delete(name);
    }
    return data;
  }

  async function show() {
    asked.abort();
    asked = new AbortController();
    stale = false;
    say("typing");
    try {
      const answer = await fetch(address, { method: "POST", body: typedForm(), signal: asked.signal });
      const page = answer.ok && !answer.redirected ? await answer.text() : "";
      if (page) draw(page);
      say(page ? "typed" : answer.status === 422 ? "faulty" : "away");
    } catch (error) {
      if (error.name !== "AbortError") say("away");
    }
  }

  // Keeps the place that she has scrolled to.
  function draw(page) {
    if (page === shown) return;
    top = frame.contentWindow?.scrollY ?? 0;
    frame.srcdoc = shown = page;
  }

  for (const event of ["input", "change", "formset:added", "formset:removed"]) {
    document.addEventListener(event, ({ target }) => {
      if (form.contains(target)) typed();
    });
  }
  if (form.querySelector(".errornote")) typed(); // what was sent isn't saved
});
