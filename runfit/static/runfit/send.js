// Sends a form without leaving its page, so that nothing is lost while there is no network: it waits
// and tries again by itself. To send twice does no harm: the server takes the same for the same.
"use strict";

{
  const WAITS = [2, 4, 8, 15, 30]; // seconds between two tries; to be back online ends a wait
  const BUSY = document.currentScript.dataset.busy; // what to say meanwhile
  const LONGEST = 20000; // milliseconds after which an answer is taken for lost

  const wait = (seconds, signal) => new Promise((go) => {
    const timer = setTimeout(go, seconds * 1000);
    for (const [target, name] of [[window, "online"], [signal, "abort"]]) {
      target.addEventListener(name, () => { clearTimeout(timer); go(); }, { once: true });
    }
  });

  // What the server answered; null where nobody did, or only what stands in front of it.
  async function answer(to, body, signal) {
    const lost = new AbortController();
    const stop = () => lost.abort();
    const timer = setTimeout(stop, LONGEST);
    signal.addEventListener("abort", stop);
    try {
      const response = await fetch(to, { method: "POST", body, headers: { "X-Sent-By": "script" }, signal: lost.signal });
      return [502, 504].includes(response.status) ? null : response;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }

  // `page` has the server show its page, as if no script had sent anything: what it refuses. So Back,
  // a reload, and the address bar behave as ever, and no page is written into another.
  window.send = async (form, { body, signal, say, page }) => {
    const to = Element.prototype.getAttribute.call(form, "action") ?? location.href.split("#")[0];
    for (let tries = 0; !signal.aborted; tries += 1) {
      const response = await answer(to, body, signal);
      if (signal.aborted) return;
      const next = response?.headers.get("X-Go-To");
      if (next) return location.assign(next);
      if (response) return page();
      say(navigator.onLine ? "away" : "offline");
      await wait(WAITS[Math.min(tries, WAITS.length - 1)], signal);
    }
  };

  // Forms that say what to tell who is offline. data-sending is "script" while this script sends one,
  // and "page" once the browser does.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const words = form.dataset;
    if (event.defaultPrevented || !words.offline || words.sending === "page") return;
    event.preventDefault();
    if (words.sending) return;
    words.sending = "script";
    const button = event.submitter;
    button?.setAttribute("aria-busy", "true");
    const body = new URLSearchParams(new FormData(form));
    if (button?.name) body.append(button.name, button.value);
    const status = form.querySelector("[role=status]") ?? form.appendChild(document.createElement("p"));
    status.setAttribute("role", "status");
    status.textContent = BUSY;
    window.send(form, {
      body,
      signal: new AbortController().signal,
      say: (what) => { status.textContent = words[what]; },
      page: () => {
        words.sending = "page";
        form.requestSubmit(button);
      },
    });
  });

  // Back from the page that followed.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    for (const form of document.querySelectorAll("[data-sending]")) {
      delete form.dataset.sending;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
      form.querySelector("[role=status]")?.replaceChildren();
    }
  });
}
