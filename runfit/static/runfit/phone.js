// The code on paper is the same for all: from its page on, this browser's own link leads to the session.
"use strict";

{
  const { guide, number, plan } = document.currentScript.dataset;
  const key = `guide ${guide}`;

  function ownLink() {
    try {
      const link = localStorage.getItem(key);
      return /^\/guide\/[^/]+\/$/.test(link) ? link : "";
    } catch {
      return ""; // Storage is blocked.
    }
  }

  async function firstSaved(paths) {
    for (const path of paths) if (await self.caches?.match(path)) return path;
    return undefined;
  }

  // Somebody else's paper may have another plan, or more sessions: the server leads to the guide then.
  async function goOn(link) {
    const session = number ? `session/${number}/` : "";
    const path = plan ? `${link}plan/${plan}/${session}` : link + session;
    const status = await fetch(path, { method: "HEAD" }).then((response) => response.status, () => 0);
    if (status === 404) return localStorage.removeItem(key);
    // Without network, nobody can tell. The runner's own plan is saved without its name.
    return location.replace(status ? path : (await firstSaved([path, link + session, link])) ?? path);
  }

  if (ownLink()) goOn(ownLink());
}
