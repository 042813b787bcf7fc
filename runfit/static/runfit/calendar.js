// The calendar's form: the days that only this browser knows go along. The server keeps nothing of them.
"use strict";

{
  const data = JSON.parse(document.getElementById("training-data").textContent);
  const { schedule } = training.merged(training.remembered(data), data.record);
  const form = document.querySelector("main form");
  if (schedule) {
    document.querySelector("[data-unpicked]").hidden = true;
    form.hidden = false;
    form.elements.schedule.value = JSON.stringify(schedule);
  }
}
