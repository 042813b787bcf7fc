// What the safety list led to, for what this browser knows of the training.
"use strict";

{
  const part = document.getElementById("new-level");
  if (part) {
    const store = training.open(part);
    store.change((record) => training.withLevel(record, part.dataset.level, store.moment()));
  }
}
