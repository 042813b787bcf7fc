// Today's session: exercises can be checked off, and the screen stays awake.
"use strict";

const KEY = `session ${location.pathname}`;
const day = () => new Date().toDateString();
let today = day();

// Checks, and the move that's on, last for the day. They work without storage, too.
function kept() {
  try {
    const { day: saved, done, place } = JSON.parse(localStorage.getItem(KEY));
    return saved === today ? { done: [done].flat(), place } : {};
  } catch {
    return {};
  }
}

function keep() {
  try {
    localStorage.setItem(KEY, JSON.stringify({ day: today, done: [...done], place }));
  } catch {
    // Storage is blocked: they last as long as the page.
  }
}

const { done: checked, place: left } = kept();
const done = new Set(checked);
const list = document.querySelector(".exercises");
const exercises = [...document.querySelectorAll("[data-exercise]")];
const end = document.getElementById("done");
const A_MOMENT = 400; // milliseconds during which a second tap was meant for what has scrolled away
let scrolledAt = -A_MOMENT;

// One move or all, sound, vibration: as they were last time.
const CHOICES = "session choices";
const choices = document.querySelector("[data-choices]");
const wants = (name) => choices.querySelector(`[data-choice=${name}]`).checked;
const timers = exercises.map((exercise) => exercise.querySelector("[data-timer]")).filter(Boolean).map((each) => timer(each, wants));

function lastChoices() {
  try {
    return [JSON.parse(localStorage.getItem(CHOICES))].flat();
  } catch {
    return [];
  }
}

// Where the runner was, or the first move that isn't done; the end comes after the last.
let place = exercises.findIndex((each) => !done.has(each.dataset.exercise));
if (place < 0) place = exercises.length;
if (left >= 0) place = Math.min(Math.floor(left), exercises.length);

function showMoves() {
  const one = wants("one");
  exercises.forEach((exercise, number) => { exercise.hidden = one && number !== place; });
  end.hidden = one && place < exercises.length;
  moves.hidden = !one;
  const [back, where, on] = moves.children;
  back.disabled = place === 0;
  on.disabled = place === exercises.length;
  where.textContent = place < exercises.length
    ? list.dataset.place.replace("{number}", place + 1).replace("{all}", exercises.length) : "";
}

function goTo(number) {
  place = Math.max(0, Math.min(number, exercises.length));
  keep();
  for (const each of timers) each.stop();
  showMoves();
  const next = exercises[place] ?? end;
  scrolledAt = performance.now();
  next.scrollIntoView();
  if (next === end) end.focus({ preventScroll: true });
}

const moves = document.querySelector("[data-moves]");
moves.firstElementChild.addEventListener("click", () => goTo(place - 1));
moves.lastElementChild.addEventListener("click", () => goTo(place + 1));
choices.hidden = false;
if (!navigator.vibrate) choices.querySelector("[data-choice=vibration]").parentElement.hidden = true;
for (const box of choices.querySelectorAll("[data-choice]")) {
  box.checked = lastChoices().includes(box.dataset.choice);
  box.addEventListener("change", () => {
    try {
      const names = [...choices.querySelectorAll(":checked")].map((each) => each.dataset.choice);
      localStorage.setItem(CHOICES, JSON.stringify(names));
    } catch {
      // Storage is blocked: they last as long as the page.
    }
    showMoves();
  });
}
showMoves();

const showChecks = () => exercises.forEach((exercise) => {
  exercise.querySelector("[data-check]").setAttribute("aria-pressed", done.has(exercise.dataset.exercise));
});
showChecks();

// A page that was left open begins anew the next day, but not for who trains past midnight.
const HOUR = 3600000;
let tappedAt = Date.now();
document.addEventListener("visibilitychange", () => {
  if (day() === today || Date.now() - tappedAt < HOUR) return;
  today = day();
  done.clear();
  place = 0;
  showChecks();
  showMoves();
});

exercises.forEach((exercise, number) => {
  const button = exercise.querySelector("[data-check]");
  const key = exercise.dataset.exercise;
  button.hidden = false;
  button.addEventListener("click", () => {
    if (performance.now() - scrolledAt < A_MOMENT) return;
    const isNew = !done.delete(key);
    if (isNew) done.add(key);
    keep();
    tappedAt = Date.now();
    showChecks();
    if (isNew) scrolledAt = performance.now();
    // The button shows that it's done before the page moves.
    if (isNew) setTimeout(() => goTo(number + 1));
  });
});

// The end: one tap for the worst pain, and what it asks for. Its script is the largest, and the end is minutes
// away: it comes with the first touch, key, or scroll, or at once if there's a record to show.
{
  const form = end.querySelector("[data-finish]");
  const finished = end.querySelector("[data-finished]");
  const EVENTS = ["pointerdown", "keydown", "scroll"];
  let opened;

  const fetched = () => new Promise((resolve, reject) => {
    const script = document.importNode(end.querySelector("template").content.firstElementChild);
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.body.append(script);
  });

  async function openStore() {
    await fetched();
    const store = training.open(end);
    const showEnd = () => {
      const { pain } = training.show(end, store);
      form.hidden = pain !== null;
      finished.hidden = pain === null;
    };
    store.onChange(showEnd);
    showEnd();
    return store;
  }

  // Once. Where the network failed, the next tap tries again.
  function open() {
    opened ??= openStore().catch(() => { opened = undefined; });
    for (const event of EVENTS) removeEventListener(event, open);
    return opened;
  }

  let finishedAt = -A_MOMENT;
  finished.addEventListener("click", (event) => {
    if (event.timeStamp - finishedAt >= A_MOMENT) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  finished.querySelector("[data-again]").addEventListener("click", () => {
    form.hidden = false;
    finished.hidden = true;
    form.querySelector("[name=pain]").focus();
  });

  // A tap that's quicker than the script waits for it.
  form.addEventListener("submit", async function finish(event) {
    event.preventDefault();
    const { submitter } = event;
    const store = await open();
    if (!store) {
      form.removeEventListener("submit", finish);
      form.requestSubmit(submitter);
      return;
    }
    const { plan, block } = form.elements;
    const session = {
      on: training.today(), plan: plan.value, block: Number(block.value), pain: Number(submitter.value),
      at: store.moment(), undone: false,
    };
    store.change((record) => training.merged(record, { sessions: [session] }));
    finishedAt = performance.now();
    finished.focus();
  });

  const { kept: isKept, name } = JSON.parse(document.getElementById("training-data").textContent);
  const remembers = () => {
    try {
      return Boolean(localStorage.getItem(`training ${name}`));
    } catch {
      return false;
    }
  };
  if (isKept || remembers()) open();
  else for (const event of EVENTS) addEventListener(event, open, { passive: true });
}

async function stayAwake() {
  if (document.visibilityState === "visible") {
    await navigator.wakeLock?.request("screen").catch(() => {});
  }
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
