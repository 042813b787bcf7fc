// Today's session: exercises can be checked off, and the screen stays awake.
"use strict";

const KEY = `session ${location.pathname}`;
const now = new Date();
const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].join("-"); // Intl would take a slow phone 50 ms

// Checks last for the day. They work without storage, too.
function kept() {
  try {
    const { day, done } = JSON.parse(localStorage.getItem(KEY));
    return day === today ? done : [];
  } catch {
    return [];
  }
}

function keep(done) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ day: today, done }));
  } catch {
    // Storage is blocked: they last as long as the page.
  }
}

const done = new Set(kept());
const exercises = document.querySelectorAll("[data-exercise]");
const end = document.getElementById("done");
const allDone = () => [...exercises].every((each) => done.has(each.dataset.exercise));
end.hidden = !allDone();
const A_MOMENT = 400; // milliseconds during which a second tap was meant for what has scrolled away
let scrolledAt = -A_MOMENT;

for (const exercise of exercises) {
  const button = exercise.querySelector("[aria-pressed]");
  const key = exercise.dataset.exercise;
  const show = () => button.setAttribute("aria-pressed", done.has(key));
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    if (performance.now() - scrolledAt < A_MOMENT) return;
    const isNew = !done.delete(key);
    if (isNew) done.add(key);
    keep([...done]);
    show();
    end.hidden = !allDone();
    if (!isNew) return;
    scrolledAt = performance.now();
    // The button shows that it's done before the page moves.
    setTimeout(() => {
      const next = end.hidden ? exercise.nextElementSibling : end;
      next?.scrollIntoView();
      if (next === end) end.focus({ preventScroll: true });
    });
  });
}

async function stayAwake() {
  if (document.visibilityState === "visible") {
    await navigator.wakeLock?.request("screen").catch(() => {});
  }
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
