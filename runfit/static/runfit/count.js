// Tells the server which steps were met on this page, once it is left: how many, never who. No
// cookie is set, nothing is kept, and nothing waits for an answer.
"use strict";

{
  const asked = new URLSearchParams(location.search).get("utm_source") ?? "";
  const { to, edition, source = asked, profile = "", step } = document.currentScript.dataset;
  let steps = step ? [step] : [];

  document.addEventListener("step", ({ detail }) => steps.push(detail));

  const tell = () => {
    if (!steps.length || !navigator.sendBeacon) return;
    navigator.sendBeacon(to, JSON.stringify({ edition: Number(edition) || null, source, profile, steps }));
    steps = [];
  };

  // A phone may end a page that it has hidden without another word.
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") tell(); });
  addEventListener("pagehide", tell);
}
