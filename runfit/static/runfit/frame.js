// In a frame of an article: reports how tall the page is, and when another step begins, to embed.js.
"use strict";

if (parent !== window) {
  const root = document.documentElement;
  // Any site may hear this: it says nothing about the runner.
  const say = (message) => parent.postMessage({ runfit: message, height: Math.ceil(root.getBoundingClientRect().height) }, "*");

  // Whether forms may be sent: a sandbox may keep its frame from it, and from reaching its own site.
  const open = () => {
    let sent = false;
    const form = document.createElement("form");
    form.addEventListener("submit", (event) => { sent = true; event.preventDefault(); });
    document.body.append(form);
    form.requestSubmit();
    form.remove();
    return sent && origin !== "null";
  };
  root.classList.toggle("locked", !open());

  new ResizeObserver(() => say("height")).observe(root);
  document.addEventListener("moved", () => say("step"));
  addEventListener("pageshow", () => say("page"));
}
