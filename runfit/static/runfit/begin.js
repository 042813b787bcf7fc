// Loads the rest once the page and its style sheets are there: until then, a slow line is free for them.
"use strict";

{
  const root = document.documentElement;

  // On the self-check, this runs before the first paint: its first screen then stands alone. check.js
  // does the rest; if it can't be had, the page shows the whole form.
  if (document.currentScript.dataset.stepping) {
    root.classList.add("js");
    try {
      // Answers were saved, maybe up to a later question: nothing is shown until check.js knows.
      root.classList.toggle("back", Object.keys(sessionStorage).some((key) => key.startsWith(`${location.pathname} `)));
    } catch {
      // Storage is blocked, so there's nothing to go back to.
    }
    addEventListener("error", ({ target }) => {
      if (target.id === "stepping") root.classList.remove("js");
    }, true);
    addEventListener("input", () => root.classList.add("touched"), { once: true });
  }

  const load = () => {
    const late = document.importNode(document.getElementById("late").content, true);
    for (const script of late.querySelectorAll("script")) script.async = false; // in their order
    document.body.append(late);
  };

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", load);
  else load();
}
