// Sends the steps reached on this page in a beacon when it's left: anonymous counts, without cookies
// or storage.
"use strict";

{
  const query = new URLSearchParams(location.search);
  const asked = query.get("utm_source") ?? query.get("from") ?? ""; // the page around a frame
  const { to, edition, source = asked, profile = "", step } = document.currentScript.dataset;
  let steps = step ? [step] : [];

  document.addEventListener("step", ({ detail }) => steps.push(detail));

  const tell = () => {
    if (!steps.length || !navigator.sendBeacon) return;
    navigator.sendBeacon(to, JSON.stringify({ edition: Number(edition) || null, source, profile, steps }));
    steps = [];
  };

  // A phone may discard a hidden page without firing pagehide.
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") tell(); });
  addEventListener("pagehide", tell);
}
