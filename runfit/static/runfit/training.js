// What a runner did by a plan, and which session a day asks for. The same as guides/content/training:
// both are held to tests/data/training.json. Nothing leaves the browser before "Save with my link".
"use strict";

window.training = (() => {
  const WEEK = 7;
  const DAY = 86400000;
  const LATEST = 1e14;
  const NOTHING_CHECKED = "none";
  const EMPTY = { sessions: [], check_ins: [] };

  // Days are text such as 2026-12-01, as the record has them. In UTC, each has 24 hours.
  const time = (day) => Date.parse(`${day}T00:00Z`);
  const plus = (day, days) => new Date(time(day) + days * DAY).toISOString().slice(0, 10);
  const between = (one, other) => Math.round((time(other) - time(one)) / DAY);
  const weekday = (day) => new Date(time(day)).getUTCDay() || WEEK;
  const two = (number) => String(number).padStart(2, "0");
  const today = (now = new Date()) => `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;

  const later = (one, other) => {
    if (!one || !other) return one ?? other;
    if (one.at !== other.at) return one.at > other.at ? one : other;
    return JSON.stringify(one) >= JSON.stringify(other) ? one : other;
  };

  function byDay(rows) {
    const newest = new Map();
    for (const row of rows) newest.set(row.on, later(newest.get(row.on), row));
    return [...newest.values()].sort((one, other) => (one.on < other.on ? -1 : 1));
  }

  // What either knows; of the same thing, the later tap.
  function merged(one, other) {
    const schedule = later(one.schedule, other.schedule);
    return {
      ...(schedule && { schedule }),
      sessions: byDay([...(one.sessions ?? []), ...(other.sessions ?? [])]),
      check_ins: byDay([...(one.check_ins ?? []), ...(other.check_ins ?? [])]),
    };
  }

  const done = (record) => (record.sessions ?? []).filter((session) => !session.undone);
  const sessionOn = (record, day) => done(record).find((session) => session.on === day);

  // What the safety list led to after the last check-in.
  function withLevel(record, level, at) {
    const last = (record.check_ins ?? []).at(-1);
    return last ? merged(record, { check_ins: [{ ...last, level, at }] }) : record;
  }

  function combinations(days, number) {
    if (!number) return [[]];
    return days.flatMap((day, place) => combinations(days.slice(place + 1), number - 1).map((rest) => [day, ...rest]));
  }

  function rests(days) {
    const after = [...days.slice(1), days[0] + WEEK];
    return days.map((day, place) => after[place] - day).sort((one, other) => one - other);
  }

  // Out of too many days, those that leave the most rest; the earliest in the week if it's all the same.
  function trainingDays(picked, number) {
    if (picked.length <= number) return picked;
    const worth = (days) => [...rests(days), ...days.map((day) => -day)];
    const isBetter = (one, other) => {
      const place = one.findIndex((value, index) => value !== other[index]);
      return place >= 0 && one[place] > other[place];
    };
    return combinations(picked, number).reduce((best, days) => (isBetter(worth(days), worth(best)) ? days : best));
  }

  // Two sessions on days in a row, though the week has room.
  function backToBack(picked, number) {
    const days = trainingDays(picked, number);
    return 2 * days.length < WEEK && rests(days)[0] === 1;
  }

  // The stages that the plans still have.
  const within = (record, plans) => (record.schedule?.stages ?? []).filter(({ plan, block }) => plans[plan]?.[block - 1]);

  // For forms: which stage the page was about.
  const stageName = (stage) => (stage ? `${stage.plan} ${stage.block} ${stage.week ?? 1} ${stage.begins}` : "");

  // As Today in guides/content/training/today.py.
  function state(record, plans, day, stopFrom = null) {
    const stop = stoppedBy(record, stopFrom);
    const pain = sessionOn(record, day)?.pain ?? null;
    const checkedIn = (record.check_ins ?? []).filter(({ on }) => on <= day).at(-1);
    const noCheckIn = { on: "", worst: null, feel: "", due: false, next: "", list_due: false };
    const known = within(record, plans);
    const stage = known.at(-1);
    const block = plans[stage?.plan]?.[stage.block - 1];
    const nothing = {
      state: "unpicked", plan: "", block: 1, week: 1, done: 0, of: 0, block_done: 0, block_of: 0, enough: false,
      last: false, next: "", ends: "", missed: 0, back_block: 1, back_week: 1, pain,
      level: "", advised: null, stage: "", check_in: noCheckIn,
    };
    if (!block) return nothing;

    const weeks = block.weeks[1] - block.weeks[0] + 1;
    const first = stage.week ?? 1;
    const { begins } = stage;
    const index = Math.floor(Math.max(between(begins, day), 0) / WEEK);
    const week = first + index;
    const ends = plus(begins, (weeks - first + 1) * WEEK);
    const days = trainingDays(record.schedule.days, block.days_per_week);
    const trained = done(record);
    const own = trained.filter(({ plan }) => plan === stage.plan);
    const count = (sessions, from, to) => sessions.filter(({ on }) => from <= on && on <= to && on <= day).length;
    const inWeek = (number, sessions = own) => count(sessions, plus(begins, number * WEEK), plus(begins, number * WEEK + WEEK - 1));
    const asks = (which) => days.includes(weekday(which)) && inWeek(Math.floor(between(begins, which) / WEEK)) < block.days_per_week;

    let next = day < begins ? begins : plus(day, 1);
    while (next < ends && !asks(next)) next = plus(next, 1);

    let missed = 0;
    while (missed < index && !inWeek(index - 1 - missed, trained)) missed += 1;
    const active = Math.max(index - 1 - missed, 0);
    if (inWeek(index, trained)) missed = 0;
    const backWeek = missed === 1 ? Math.min(first + active, weeks) : 1;
    const backBlock = missed > 1 ? Math.max(1, stage.block - 1) : stage.block;

    const blockDone = count(own, blockBegins(known, stage), day);
    const blockOf = weeks * block.days_per_week;
    const enough = 10 * blockDone >= 7 * blockOf - 5;
    const now = () => {
      if (stop) return "stopped";
      if (pain !== null) return "done";
      if (day < begins) return stage === known[0] ? "waiting" : "rest";
      if (week > weeks) return "over";
      return asks(day) ? "train" : "rest";
    };
    return {
      state: now(), plan: stage.plan, block: stage.block, week: Math.min(week, weeks), done: inWeek(index),
      of: block.days_per_week, block_done: blockDone, block_of: blockOf, enough,
      last: stage.block === plans[stage.plan].length, next: !stop && next < ends ? next : "", ends,
      missed: stop || (week > weeks && (enough || backBlock === stage.block)) ? 0 : missed,
      back_block: backBlock, back_week: backWeek, pain: stop ? stop.pain : pain,
      level: stop?.level ?? "", advised: stop ? stop.pain : checkedIn?.on === day ? checkedIn.pain : null,
      stage: stageName(stage),
      check_in: day < record.schedule.stages[0].begins ? noCheckIn : checkIn(record, checkedIn, day, !stop),
    };
  }

  function checkIn(record, last, day, isOn) {
    const next = plus(last?.on ?? record.schedule.stages[0].begins, WEEK);
    const thisWeek = day < next ? last : undefined;
    return {
      on: thisWeek?.on ?? "", worst: thisWeek?.pain ?? null, feel: thisWeek?.feel ?? "", due: isOn && day >= next, next,
      list_due: isOn && last?.feel === "worse" && !last.level,
    };
  }

  // What ended the training last, unless a stage began after it: the pain of the last session or check-in, or a
  // safety list.
  function stoppedBy(record, from) {
    const hurts = ({ pain }) => from !== null && pain >= from;
    const checkIns = record.check_ins ?? [];
    const rows = [
      ...[done(record).at(-1), checkIns.at(-1)].filter((row) => row && hurts(row)).map((row) => ({ ...row, level: "" })),
      ...checkIns.filter(({ level }) => level && level !== NOTHING_CHECKED).map((row) => ({ ...row, pain: hurts(row) ? row.pain : null })),
    ];
    const stages = record.schedule?.stages ?? [];
    const stops = rows.filter((row) => !stages.some((stage) => stage.begins > row.on));
    const order = (one, other) => (one.on === other.on ? one.at - other.at || Boolean(one.level) - Boolean(other.level) : one.on < other.on ? -1 : 1);
    return stops.sort(order).at(-1);
  }

  const planBefore = (stages) => stages.filter(({ plan }) => plan !== stages.at(-1).plan).at(-1)?.plan ?? "";

  // Back to the plan before this one, where it was. What was done stays. The stages are those that the plans still have.
  function withPlanBefore(record, stages, at) {
    const before = planBefore(stages);
    if (!before) return record;
    const kept = stages.slice(0, stages.findLastIndex(({ plan }) => plan === before) + 1);
    return { ...record, schedule: { ...record.schedule, stages: kept, at } };
  }

  function blockBegins(stages, stage) {
    let { begins } = stage;
    for (const each of [...stages].reverse()) {
      if (each.plan !== stage.plan || each.block !== stage.block) break;
      begins = each.begins;
      if ((each.week ?? 1) === 1) break;
    }
    return begins;
  }

  const isWhole = (number, least, most) => Number.isInteger(number) && number >= least && number <= most;
  const isDay = (day) => /^2(0[2-9]|1\d)\d-\d\d-\d\d$/.test(day) && !Number.isNaN(time(day)) && plus(day, 0) === day;
  const isTap = (each) => isWhole(each?.at, 0, LATEST);
  const isRow = (row) => isTap(row) && isDay(row.on) && isWhole(row.pain, 0, 10);
  const isStage = (stage) => typeof stage?.plan === "string" && isWhole(stage.block, 1, 99) && isWhole(stage.week ?? 1, 1, 99) && isDay(stage.begins);

  function isSchedule(schedule) {
    const { days, stages } = schedule ?? {};
    return isTap(schedule) && Array.isArray(days) && days.length > 0 && days.every((day) => isWhole(day, 1, WEEK))
      && Array.isArray(stages) && stages.length > 0 && stages.every(isStage);
  }

  // What this browser remembers. Parts that no page of ours writes are left out.
  function remembered({ name }) {
    try {
      const { schedule, sessions, check_ins: checkIns } = JSON.parse(localStorage.getItem(`training ${name}`)) ?? EMPTY;
      const rows = (list) => (Array.isArray(list) ? list.filter(isRow) : []);
      return { ...(isSchedule(schedule) && { schedule }), sessions: rows(sessions), check_ins: rows(checkIns) };
    } catch {
      return EMPTY;
    }
  }

  // One record in this browser, merged with what the page brought from the server.
  function open(section) {
    const data = JSON.parse(document.getElementById("training-data").textContent);
    const key = `training ${data.name}`;
    const read = () => remembered(data);
    const write = () => {
      try {
        localStorage.setItem(key, JSON.stringify(self.record));
        localStorage.setItem(`guide ${data.guide}`, data.link);
      } catch {
        // Storage is blocked or full: it lasts as long as the page, or on the server.
        self.forgets = true;
      }
    };
    const listeners = [];
    const tell = () => listeners.forEach((listen) => listen());
    const token = () => section.querySelector("[name=csrfmiddlewaretoken]").value;

    // The whole record, so that a tap that got lost comes along with the next one.
    async function sync() {
      const status = section.querySelector("[data-status]");
      const body = new URLSearchParams({ action: "sync", csrfmiddlewaretoken: token(), record: JSON.stringify(self.record) });
      try {
        const response = await fetch(section.dataset.post, { method: "POST", body, keepalive: true });
        if (!response.ok) {
          status.textContent = status.dataset.later;
          return;
        }
        const { kept, record } = await response.json();
        self.kept = kept;
        if (record) self.record = merged(self.record, record);
        write();
        status.textContent = "";
        tell();
      } catch {
        status.textContent = status.dataset.offline;
        addEventListener("online", sync, { once: true });
      }
    }

    const self = {
      data,
      kept: data.kept,
      forgets: false,
      record: merged(read(), data.record),
      now: () => state(self.record, data.plans, today(), data.stop_from),
      onChange: (listen) => listeners.push(listen),
      // Of a tap. Clocks differ: it's later than all that's known here.
      moment() {
        const { schedule, sessions, check_ins: checkIns } = merged(self.record, read());
        const taps = [...sessions, ...checkIns, ...(schedule ? [schedule] : [])];
        return Math.min(Math.max(Date.now(), ...taps.map(({ at }) => at + 1)), LATEST);
      },
      // A tap: `change` gets the record as it is now, here or in another tab.
      change(change) {
        self.record = merged(change(merged(self.record, read())), EMPTY);
        write();
        tell();
        if (self.kept) sync();
      },
    };
    write();
    if (self.kept && JSON.stringify(self.record) !== JSON.stringify(merged(data.record, EMPTY))) sync();
    // A page may stay open for days.
    let day = today();
    setInterval(() => {
      if (day === today()) return;
      day = today();
      tell();
    }, 1000);
    // Another tab, or this one when it's gone back to.
    const reread = () => {
      self.record = merged(self.record, read());
      tell();
    };
    addEventListener("storage", ({ key: changed }) => changed === key && reread());
    addEventListener("pageshow", ({ persisted }) => persisted && reread());
    return self;
  }

  // “Wednesday, December 2”, as the server writes it.
  function dayWords(day) {
    if (!day) return "";
    const language = document.querySelector("main[lang]")?.lang || document.documentElement.lang;
    return new Date(time(day)).toLocaleDateString(language === "en" ? "en-US" : language, {
      weekday: "long", month: "long", day: "numeric", timeZone: "UTC",
    });
  }

  // The plan's next block, or after the last one, the next plan.
  function nextBlock(now, plans, about) {
    if (!now.plan) return undefined;
    const { next } = about[now.plan];
    if (now.block < plans[now.plan].length) return { ...plans[now.plan][now.block], plan: now.plan, block: now.block + 1, week: 1 };
    if (!next) return undefined;
    const { start, name } = about[next];
    return { ...plans[next][start.block - 1], ...start, label: name };
  }

  // Fills in an element's parts: texts, values, and which of them show.
  function show(section, store) {
    const now = store.now();
    const { about, page, plans } = store.data;
    const blocks = plans[now.plan] ?? plans[page];
    const block = blocks[now.block - 1];
    const checkIn = now.check_in;
    const level = store.data.levels[now.level];
    const then = nextBlock(now, plans, about);
    const stages = within(store.record, plans);
    const other = now.plan && now.plan !== page ? about[now.plan] : null;
    const words = {
      ...now, undo_on: done(store.record).at(-1)?.on, weeks: block.label, goal: block.goal, effort: block.effort, url: block.url, move_on_if: block.move_on_if,
      then_weeks: then?.label, then_goal: then?.goal, then_plan: then?.plan, then_block: then?.block, then_week: then?.week,
      before: about[planBefore(stages)]?.name, before_plan: planBefore(stages), other: other?.name, other_url: other?.url,
      back_weeks: blocks[now.back_block - 1].label, next_words: dayWords(now.next), ends_words: dayWords(now.ends),
      level_title: level?.title ?? "", level_url: level?.url ?? "", worst: checkIn.worst, feel: store.data.feels[checkIn.feel] ?? "",
      next_check_in: dayWords(checkIn.next),
    };
    const conditions = {
      enough: now.enough, few: !now.enough && !now.missed, last: now.last, missed: now.missed > 0 && now.state !== "unpicked",
      missed_one: now.missed === 1, missed_more: now.missed > 1, none_missed: !now.missed, not_begun: !(stages.length && done(store.record).length),
      may_go_on: !level || level.stops, must_retake: Boolean(level) && !level.stops,
      may_undo: now.state === "done" || (now.state === "stopped" && done(store.record).at(-1)?.pain >= store.data.stop_from),
      may_start: stages.length > 0 && now.state !== "stopped" && !stages.some(({ plan }) => plan === page),
      list_due: checkIn.list_due, list_done: !checkIn.list_due, check_in_due: checkIn.due, checked_in: checkIn.worst !== null,
      may_check_in: Boolean(checkIn.next) && (now.state !== "stopped" || checkIn.on === today()),
      back_to_back: now.state !== "unpicked" && blocks.slice(now.block - 1)
        .some((each) => each.strength && backToBack(store.record.schedule.days, each.days_per_week)),
    };
    for (const part of section.querySelectorAll("[data-fill]")) {
      const text = words[part.dataset.fill] ?? "";
      if (part.localName === "input") part.value = text;
      else part.textContent = text;
    }
    for (const part of section.querySelectorAll("[data-href]")) part.href = words[part.dataset.href];
    for (const part of section.querySelectorAll("[data-when], [data-has], [data-if]")) {
      const { when, has, if: condition } = part.dataset;
      part.hidden = (when && !when.split(" ").includes(now.state)) || (has && !words[has]) || (condition && !conditions[condition]);
    }
    const pain = now[section.dataset.advises ?? "pain"];
    for (const part of section.querySelectorAll("[data-pain]")) {
      const [first, last] = part.dataset.pain.split(" ").map(Number);
      part.hidden = pain === null || pain < first || pain > last;
    }
    return now;
  }

  return { remembered, state, merged, withLevel, withPlanBefore, stageName, stoppedBy, within, trainingDays, today, plus, open, show, sessionOn, done, dayWords };
})();
