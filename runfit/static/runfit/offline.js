// Saves the guide and its sessions on this device, and says so. worker.js opens them without a network.
"use strict";

{
  const box = document.querySelector("[data-saved]");
  const { worker, link, pages, stamp, until } = box.dataset;
  const KEY = `saved ${link}`;
  const PAUSE = 2000; // milliseconds; each is twice as long as the one before
  const today = new Date().toDateString();

  const show = (state) => {
    box.hidden = false;
    for (const part of box.children) part.hidden = part.dataset.is !== state;
  };

  // serviceWorker.ready would name the worker that was there first, even if it has been removed.
  async function started() {
    const { active, waiting, installing } = await navigator.serviceWorker.register(worker);
    const one = active ?? waiting ?? installing;
    return active ?? new Promise((resolve, reject) => {
      one.addEventListener("statechange", () => {
        if (one.state === "activated") resolve(one);
        if (one.state === "redundant") reject(new Error(one.state));
      });
    });
  }

  async function ask(message) {
    const active = await started();
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
      active.postMessage({ link, ...message }, [port2]);
    });
  }

  const about = async () => (await caches.match(`${link}saved`))?.json();

  async function save() {
    const before = await about();
    if (!before) show("saving");
    const what = { pages: pages.split(" "), stamp: `${stamp} ${today}`, until: Number(until) };
    const state = await ask({ action: "save", ...what }).catch(() => "failed");
    show(state === "failed" && before ? "saved" : state);
    return state;
  }

  // By itself, unless it was removed here, or this device saves data. Once a day, or once the guide has changed.
  async function begin() {
    if (localStorage.getItem(KEY)) return show("off");
    const before = await about();
    if (before) show("saved");
    if (before?.stamp === `${stamp} ${today}`) return undefined;
    return !before && navigator.connection?.saveData ? show("off") : save();
  }

  box.addEventListener("click", async ({ target }) => {
    const { tap } = target.dataset;
    if (tap === "save") {
      localStorage.removeItem(KEY);
      await save();
    } else if (tap === "remove") {
      localStorage.setItem(KEY, "no");
      show(await ask({ action: "remove" }));
    } else return;
    box.focus();
  });

  // Where storage is blocked, or the address isn't https, nothing can be saved, and nothing is said.
  const able = navigator.serviceWorker && self.caches;
  const start = () => able && begin().catch(() => {});
  if (document.readyState === "complete") start();
  else addEventListener("load", start);
  // Back online, what was erased or ended goes. Browsers say so before the network brings anything: tried
  // until it does.
  let timer;
  async function refresh(pause) {
    clearTimeout(timer);
    const state = (await about()) && (await save());
    if (state === "failed" && navigator.onLine) timer = setTimeout(refresh, pause, 2 * pause);
  }
  if (able) addEventListener("online", () => refresh(PAUSE).catch(() => {}));
}
