// Before the first paint of the self-check: with scripts, its first screen stands alone. check.js, which
// comes later, does the rest; if it can't be had, the page shows the whole form.
"use strict";

{
  const root = document.documentElement;
  root.classList.add("js");
  try {
    // Answers were saved, maybe up to a later question: nothing is shown until check.js knows.
    root.classList.toggle("back", Object.keys(sessionStorage).some((key) => key.startsWith(`${location.pathname} `)));
  } catch {
    // Storage is blocked, so there's nothing to go back to.
  }
  addEventListener("error", ({ target }) => {
    if (["loader", "stepping"].includes(target.id)) root.classList.remove("js");
  }, true);
  addEventListener("input", () => root.classList.add("touched"), { once: true });
}
