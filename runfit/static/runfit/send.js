// Sends a form with fetch and retries automatically, so that nothing is lost while offline. Sending
// twice does no harm, because the server handles repeats idempotently.
"use strict";

{
  const WAITS = [2, 4, 8, 15, 30]; // seconds between tries; coming back online ends a wait
  const BUSY = document.currentScript.dataset.busy; // the status text meanwhile
  const LONGEST = 20000; // milliseconds until a request times out

  const wait = (seconds, signal) => new Promise((go) => {
    const timer = setTimeout(go, seconds * 1000);
    for (const [target, name] of [[window, "online"], [signal, "abort"]]) {
      target.addEventListener(name, () => { clearTimeout(timer); go(); }, { once: true });
    }
  });

  // The response; null for a network error or a gateway error of the proxy.
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

  // `page` submits the form natively, for responses that are pages, such as validation errors. So Back,
  // reload, and the address bar work as usual, and no page has to be written into another.
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

  // Forms with texts for the offline status. data-sending is "script" while this script sends the form,
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

  // Restored from the back/forward cache.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    for (const form of document.querySelectorAll("[data-sending]")) {
      delete form.dataset.sending;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
      form.querySelector("[role=status]")?.replaceChildren();
    }
  });
}
