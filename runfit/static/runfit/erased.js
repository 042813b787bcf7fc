// Erased here, too: what this browser remembers of training, and the guides that it saved.
"use strict";

try {
  for (const key of Object.keys(localStorage)) {
    if (/^(training|session|guide|saved) /.test(key)) localStorage.removeItem(key);
  }
} catch {
  // Storage is blocked, so nothing is there.
}
self.caches?.keys().then((names) => names.forEach((name) => caches.delete(name))).catch(() => {});
navigator.serviceWorker?.getRegistrations().then((all) => all.forEach((each) => each.unregister())).catch(() => {});
