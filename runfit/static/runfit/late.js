// Loads what isn't needed for the first paint after it: a slow line is then free for the page and its
// style sheet.
"use strict";

requestAnimationFrame(() => setTimeout(() => {
  const parts = document.importNode(document.getElementById("late").content, true);
  for (const script of parts.querySelectorAll("script")) script.async = false; // in their order
  document.body.append(parts);
}));
