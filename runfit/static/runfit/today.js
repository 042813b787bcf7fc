// Today on the guide's page: taps change what this browser knows, and what's kept with the link.
"use strict";

{
  const section = document.getElementById("today");
  const store = training.open(section);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  const keep = section.querySelector("[data-keep]");
  const pick = section.querySelector("[data-pick]");
  const checkIn = section.querySelector("[data-check-in]");

  const A_MOMENT = 400; // milliseconds during which a second tap was meant for what was there before
  const STEPS = ["go_on", "go_back", "undo"];
  let shownAt = -A_MOMENT;

  // Only from the stage that the page was about: another tab may have moved on.
  const moveFrom = (name, move) => store.change((record) => {
    const stages = training.within(record, store.data.plans);
    return stages.length && training.stageName(stages.at(-1)) === name ? move(record, stages) : record;
  });

  const FORMS = {
    // The plan is the page's, unless one is on already.
    pick(values, at) {
      const days = values.getAll("days").map(Number).sort();
      const { start } = store.data.about[values.get("plan")];
      store.change((record) => {
        const stage = training.within(record, store.data.plans).at(-1);
        const stages = stage && training.done(record).length
          ? record.schedule.stages
          : [{ ...(stage ?? start), begins: values.get("begins") }];
        return { ...record, schedule: { days, stages, zone, at } };
      });
      pick.open = false;
    },
    go_on(values, at) {
      // A day has one session, and what ended the training ends the day: the new week begins tomorrow.
      const today = training.today();
      const stop = training.stoppedBy(store.record, store.data.stop_from);
      const begins = training.sessionOn(store.record, today) || stop?.on === today ? training.plus(today, 1) : today;
      const stage = { plan: values.get("plan"), block: Number(values.get("block")), week: Number(values.get("week")) || 1, begins };
      moveFrom(values.get("stage"), (record) => {
        const stages = [...record.schedule.stages.filter((each) => each.begins < begins || (each.begins === begins && each.plan !== stage.plan)), stage].slice(-50);
        return { ...record, schedule: { ...record.schedule, stages, at } };
      });
    },
    go_back(values, at) {
      moveFrom(values.get("stage"), (record, stages) => training.withPlanBefore(record, stages, at));
    },
    check_in(values, at) {
      const feel = values.get("feel");
      const on = training.today();
      let level = "";
      store.change((record) => {
        // What the safety list led to today stays.
        level = record.check_ins.find((each) => each.on === on)?.level ?? "";
        return training.merged(record, { check_ins: [{ on, pain: Number(values.get("pain")), feel, level, at }] });
      });
      // Without a network, the note stays on the page.
      if (feel === "worse" && !level && navigator.onLine) location.assign(section.querySelector("[data-list]").href);
    },
    undo(values, at) {
      store.change((record) => {
        const session = training.done(record).at(-1);
        if (session?.on !== values.get("on")) return record;
        return training.merged(record, { sessions: [{ ...session, at, undone: true }] });
      });
    },
  };

  function show() {
    const now = training.show(section, store);
    const dots = section.querySelector("[data-dots]");
    dots.replaceChildren(...Array.from({ length: now.of }, (_, place) => {
      const dot = document.createElement("i");
      dot.classList.toggle("is-done", place < now.done);
      return dot;
    }));
    for (const button of section.querySelectorAll("[data-few]")) {
      button.className = button.dataset[now.enough ? "enough" : "few"];
    }
    if (keep) {
      keep.hidden = store.kept || now.state === "unpicked";
      keep.elements.record.value = JSON.stringify(store.record);
      keep.querySelector("[data-remembers]").hidden = store.forgets;
      keep.querySelector("[data-forgets]").hidden = !store.forgets;
    }
    return now;
  }

  section.addEventListener("submit", (event) => {
    const form = event.target;
    const values = new FormData(form);
    if (event.submitter?.name) values.set(event.submitter.name, event.submitter.value);
    const action = FORMS[values.get("action")];
    if (!action) return;
    // Without a day, the server says what's missing.
    if (values.get("action") === "pick" && !values.has("days")) return;
    event.preventDefault();
    if (STEPS.includes(values.get("action")) && event.timeStamp - shownAt < A_MOMENT) return;
    action(values, store.moment());
    section.focus();
    shownAt = performance.now();
  });

  for (const field of section.querySelectorAll("[data-zone]")) field.value = zone;
  for (const button of section.querySelectorAll("[data-script]")) button.hidden = false;
  for (const part of section.querySelectorAll("[data-no-script]")) part.remove();
  const { schedule } = store.record;
  if (schedule) {
    for (const box of section.querySelectorAll("[name=days]")) box.checked = schedule.days.includes(Number(box.value));
    pick.open = Boolean(section.querySelector("[role=alert]"));
  } else if (!section.querySelector("[role=alert]")) {
    section.querySelector("[name=begins]").value = training.today();
  }
  store.onChange(show);
  const now = show();
  if (checkIn) checkIn.open = now.check_in.due || Boolean(checkIn.querySelector("[role=alert]"));
}
