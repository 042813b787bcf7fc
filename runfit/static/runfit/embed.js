// In an article on another site: puts each self-check right after its link, and hides the link once the
// self-check is there. The link stays for anyone who can't be shown it.
"use strict";

(() => {
  const SLOW = 8000; // milliseconds after which a frame that says nothing won't
  const { origin } = new URL(document.currentScript.src);

  // The theme that the link stands in, from the first background behind it that isn't just a tint.
  function theme(link) {
    for (let at = link; at; at = at.parentElement) {
      const [red, green, blue, alpha = 1] = (getComputedStyle(at).backgroundColor.match(/^rgba?\((.*)\)/)?.[1] ?? "0 0 0 0").match(/[\d.]+/g).map(Number);
      if (alpha >= 0.5) return red * 0.3 + green * 0.59 + blue * 0.11 < 128 ? "dark" : "light";
    }
    const scheme = getComputedStyle(document.documentElement).colorScheme;
    if (!scheme.includes("dark")) return "light";
    return !scheme.includes("light") || matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  function address(link) {
    const { runfit, results, show } = link.dataset;
    const first = show === "first" ? "first/" : "";
    const tab = results === "tab" ? "tab/" : "";
    const from = encodeURIComponent(location.host + location.pathname);
    return `${origin}/embed/${theme(link)}/${first}${tab}check/${encodeURIComponent(runfit)}/?from=${from}`;
  }

  // Only if its top is out of sight above.
  function intoView(frame) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (frame.getBoundingClientRect().top < 0) frame.scrollIntoView({ behavior: calm ? "auto" : "smooth" });
  }

  function put(link) {
    // A builder may put the code into a frame of its own, in which the link's page must not open.
    if (window !== top) link.target = "_blank";
    const frame = document.createElement("iframe");
    frame.title = link.textContent.trim();
    frame.allow = "clipboard-write; web-share";
    // Unseen until it has said how tall it is.
    frame.style.cssText = "display:block;width:100%;height:1px;border:0;opacity:0";
    let pages = 0;
    const listen = ({ source, origin: from, data }) => {
      if (source !== frame.contentWindow || from !== origin || !data?.runfit) return;
      frame.style.height = `${data.height}px`;
      frame.style.opacity = "";
      link.style.display = "none";
      if (data.runfit === "page") pages += 1;
      if (data.runfit === "step" || (data.runfit === "page" && pages > 1)) intoView(frame);
    };
    addEventListener("message", listen);
    frame.addEventListener("load", () => setTimeout(() => {
      if (frame.style.opacity !== "0") return;
      removeEventListener("message", listen);
      frame.remove();
    }, SLOW), { once: true });
    frame.src = address(link);
    link.after(frame);
  }

  // Once the link is nearly in sight. Not by loading="lazy": in WebKit, such a frame has no history, and
  // Back leaves the article.
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      put(target);
    }
  }, { rootMargin: "1000px 0px" });

  const all = () => document.querySelectorAll("a[data-runfit]:not([data-runfit-is])").forEach((link) => {
    link.dataset.runfitIs = "here";
    near.observe(link);
  });
  all();
  document.addEventListener("DOMContentLoaded", all);
})();
