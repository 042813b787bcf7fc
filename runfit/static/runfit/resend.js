// Counts down to when the email can be sent again. Without this script, the page asks for a reload.
"use strict";

{
  const form = document.querySelector("[data-seconds]");
  const { seconds, waits, ready } = form?.dataset ?? {};
  const button = form?.querySelector("button");
  const label = button?.textContent;
  const due = Date.now() + seconds * 1000;

  const count = () => {
    const left = Math.ceil((due - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? waits.replace("{seconds}", left) : label;
    if (left > 0) setTimeout(count, 1000);
    else form.querySelector("[role=status]").textContent = ready;
  };

  if (form) {
    form.previousElementSibling.hidden = true;
    form.hidden = false;
    count();
  }
}
