// Shows one question at a time, after begin.js. Without this script, or if it fails, the page shows the
// whole form.
"use strict";

try {
  walk(document.getElementById("main"));
} catch (error) {
  document.documentElement.classList.remove("js");
  document.querySelectorAll("main [hidden]").forEach((element) => { element.hidden = false; });
  console.error(error);
}

// A question named "submit" or "dataset" would shadow the form's own property, so none of the form's
// properties are used here.
function walk(main) {
  const OLD_ENOUGH = 2500; // milliseconds; the server rejects faster forms as bots (form_token.MINIMUM_AGE), but a stopping answer on the first screen can be faster
  const A_MOMENT = 400; // milliseconds after a question's first paint during which taps and keys (timed when pressed) were meant for the previous screen
  const A_HABIT = 800; // milliseconds during which "Next" or Enter was meant for the question that a tap has just answered
  const A_LOOK = 220; // milliseconds that a choice is shown before the next question
  const A_NUMBER = 700; // milliseconds during which a second digit belongs to the first
  const form = main.querySelector(".check");
  const pager = main.querySelector(".pager");
  const next = pager.querySelector("button");
  const header = main.querySelector(".progress");
  const back = header.querySelector("button");
  const progress = header.querySelector("progress");
  const status = pager.querySelector("[role=status]");
  const finish = main.querySelector(".finish");
  const submit = finish.querySelector("button:not([type])");
  const extras = finish.querySelector(".extras");
  const safety = main.querySelector(".safety .field");
  const groups = [...safety.querySelectorAll(".screen")];
  const screens = new Map((groups.length ? groups : [safety]).map((each, at) => [at ? `:${at}` : "", each])); // of the safety list, by the name of their step
  const summary = main.querySelector(".summary");
  const flow = JSON.parse(pager.dataset.flow);
  const words = flow.words;
  const title = document.title;
  const submitWords = submit.textContent;
  const edition = Element.prototype.getAttribute.call(form, "data-edition");
  const inTab = Element.prototype.getAttribute.call(form, "target") === "_blank";
  const storage = `${location.pathname} ${edition}`;
  const arrived = `arrived ${location.pathname}`; // set by the result page
  const fields = new Map([...main.querySelectorAll("[data-key]")].map((each) => [each.dataset.key, each]));
  const when = new Map(Object.entries(flow.when));
  const teaser = document.documentElement.classList.contains("asks-first") ? fields.keys().next().value : null; // the question before the safety list, in an article
  const order = [...new Set([...(teaser ? [teaser] : []), ...screens.keys(), ...fields.keys()])];
  const lastScreen = [...screens.keys()].pop();
  // No autofill: save() stores the answers, for this tab only.
  Element.prototype.setAttribute.call(form, "autocomplete", "off");
  let step = order[0];
  let heading = null;
  let expected = new Set();
  let byPointer = false;
  let leaving = 0;
  let sending = 0;
  let underWay = new AbortController(); // aborts the current send
  let passed = 0; // 1 while leaving the current question
  let shownAt = 0;
  let seen = true; // whether the safety screen has been on screen down to its last item
  let tappedAt = 0; // of the last pointerdown, and below of the last keydown that isn't a repeat
  let pressedAt = 0;
  let typed = "";
  let typedAt = 0;
  const waiting = new Set(); // work for after the next paint
  let met = new Set(); // reported steps; saved with the answers, so that Back, a reload, or a corrected answer counts nothing twice

  // Answers. Those of questions that no longer apply are saved, but don't count.

  const inputs = (field) => [...field.querySelectorAll("input")];

  const value = (key) => {
    if (!expected.has(key)) return null;
    const own = inputs(fields.get(key));
    if (own[0].type === "number") return own[0].value || null;
    const picked = own.filter((each) => each.checked).map((each) => each.value);
    return picked.length ? picked : null;
  };

  const checkedOf = (part) => [...part.querySelectorAll(":checked")].map((each) => each.value);
  const ticked = () => checkedOf(safety);
  const flagged = () => checkedOf(screens.get(step)).length > 0; // an item of this screen

  const holds = (condition) => {
    const answer = value(condition.answer);
    if (answer === null) return false;
    if (condition.in) return answer.some((each) => condition.in.includes(each));
    if (condition.not_in) return !answer.some((each) => condition.not_in.includes(each));
    return Number(answer) >= (condition.at_least ?? -Infinity) && Number(answer) <= (condition.at_most ?? Infinity);
  };

  // An unanswered earlier question may still lead to this one, unless it was skipped.
  const mayHold = (condition) =>
    value(condition.answer) === null
      ? expected.has(condition.answer) && order.indexOf(condition.answer) >= place(step) + passed
      : holds(condition);

  const boxed = (input) => input.type === "radio" || input.type === "checkbox";

  const clear = (field) => inputs(field).forEach((each) => {
    if (boxed(each)) each.checked = false;
    else each.value = "";
  });

  const faultOf = (field) => field.querySelector(":scope > .error");

  // Updates which questions will be asked.
  function settle() {
    expected = new Set();
    for (const key of fields.keys()) if ((when.get(key) ?? []).every(mayHold)) expected.add(key);
    main.querySelectorAll(".spot").forEach((spot) => spot.classList.toggle("on", spot.control?.checked));
  }

  const stopped = () => ticked().some((each) => flow.stops.includes(each)) || (screened() && flow.derived.some((all) => all.every((each) => place(each.answer) <= place(step) && holds(each))));

  // Whether the safety list was passed: until then, only its own items stop.
  const screened = () => place(step) + passed > place(lastScreen);

  // Navigation

  const isExtra = (key) => flow.extras.includes(key);
  const steps = () => {
    const asked = [...expected];
    const core = asked.filter((key) => !isExtra(key));
    const more = asked.filter(isExtra);
    return [...order.filter((name) => screens.has(name) || core.includes(name)), "gate", ...more, ...(more.length ? ["end"] : [])];
  };
  const place = (name) => (name === "gate" ? order.length - flow.extras.length - 0.5 : name === "end" ? order.length : order.indexOf(name));
  const skippable = (name) => flow.optional.includes(name) && value(name) === null;
  const missing = (name) => (name === lastScreen ? !ticked().length : fields.has(name) && !flow.optional.includes(name) && value(name) === null);

  // The step, or the last reachable one before it.
  function reachable(name) {
    const open = steps();
    const gap = open.findIndex(missing);
    const last = gap < 0 ? open : open.slice(0, gap + 1);
    return last.filter((each) => place(each) <= place(name)).pop() ?? order[0];
  }

  // Rendering

  function show(name, focus = true) {
    step = name;
    passed = 0;
    shownNow();
    typed = "";
    settle();
    const screen = screens.get(step);
    const field = screen ? safety : fields.get(step);
    const shown = field ?? finish;
    for (const each of [safety, finish, ...fields.values()]) each.hidden = each !== shown;
    for (const each of main.querySelectorAll(".check > section")) each.hidden = !each.contains(shown);
    for (const each of screens.values()) each.hidden = each !== screen;
    if (extras) offer();
    document.body.classList.toggle("stepping", step !== order[0]);
    document.body.classList.toggle("screening", Boolean(screen));
    document.body.classList.toggle("introducing", step === "");
    heading = (step !== "" && screen?.querySelector("h2")) || shown.querySelector("legend, h2, label");
    heading.tabIndex = -1;
    const count = screen ? numbered(screen) : field ? counted() : "";
    header.querySelector("p").textContent = count;
    if (!count) progress.value = progress.max;
    watch(screen);
    idle();
    scrollTo({ top: 0, behavior: "instant" });
    if (focus) heading.focus({ preventScroll: true });
    if (fields.has(step) && step !== teaser) tell(`reached:${step}`);
    for (const work of [entitle, fetchAhead, save]) afterPaint(work);
  }

  // What can't be seen waits for the next paint: on a slow phone, it would hold up what a tap shows.
  function afterPaint(work) {
    if (!waiting.size) requestAnimationFrame(() => setTimeout(catchUp));
    waiting.add(work);
  }

  function catchUp() {
    const works = [...waiting];
    waiting.clear();
    for (const work of works) work();
  }

  function entitle() {
    const count = step === order[0] ? "" : header.querySelector("p").textContent;
    document.title = count ? `${count} · ${title}` : title;
  }

  // The next question's drawing is there when it's stepped to.
  function fetchAhead() {
    const open = steps();
    const picture = fields.get(open[open.indexOf(step) + 1])?.querySelector("img");
    if (picture) picture.loading = "eager";
  }

  // Again at the first paint, which is later on a slow phone.
  function shownNow() {
    shownAt = performance.now();
    requestAnimationFrame(() => { shownAt = performance.now(); });
  }

  // Reports a step to count.js, which counts steps anonymously.
  function tell(name) {
    if (met.has(name)) return;
    met.add(name);
    document.dispatchEvent(new CustomEvent("step", { detail: name }));
  }

  function counted() {
    const group = steps().filter((each) => fields.has(each) && isExtra(each) === isExtra(step));
    measure(group);
    let count = heading.querySelector(".count");
    if (!count) {
      count = document.createElement("span");
      count.className = "count";
      heading.prepend(count, " ");
    }
    const text = words[isExtra(step) ? "extra" : "question"];
    count.textContent = text.replace("{n}", progress.value).replace("{all}", group.length);
    return count.textContent;
  }

  function numbered(screen) {
    measure([...screens.keys()]);
    return screen.querySelector(".count")?.textContent ?? "";
  }

  function measure(group) {
    progress.max = group.length;
    progress.value = group.indexOf(step) + 1;
  }

  // The button of a safety screen works once the last item has been on screen, or the focus got there.
  const end = document.createElement("div");
  const look = window.IntersectionObserver && new IntersectionObserver((entries) => {
    if (entries.some((each) => each.isIntersecting)) read();
  });

  function watch(screen) {
    look?.disconnect();
    seen = !screen || !look;
    next.classList.toggle("waits", !seen);
    if (seen) return;
    screen.append(end);
    look.observe(end);
  }

  function read() {
    seen = true;
    next.classList.remove("waits");
  }

  function offer() {
    const asked = flow.extras.map((key) => expected.has(key));
    const offered = flow.offers[asked.filter(Boolean).length - 1];
    extras.hidden = step !== "gate" || !offered;
    if (!offered) return;
    extras.querySelectorAll("li").forEach((each, at) => { each.hidden = !asked[at]; });
    [extras.querySelector("p").textContent, extras.querySelector("button").textContent] = offered;
  }

  function label() {
    next.hidden = pager.hidden = !finish.hidden;
    next.classList.toggle("btn-quiet", skippable(step));
    pager.classList.toggle("now", screens.has(step) && stopped()); // in view at once
    if (stopped()) next.classList.remove("waits");
    if (screens.has(step)) next.textContent = stopped() ? words.stop : flagged() ? words.next : step === lastScreen && !ticked().some((each) => each !== "none") ? words.start : words.none;
    else next.textContent = skippable(step) ? words.skip : words.next;
  }

  function complain() {
    const field = fields.get(step);
    let error = faultOf(field);
    if (!error) {
      error = document.createElement("p");
      error.className = "error";
      error.setAttribute("role", "alert");
      field.querySelector("legend, label").after(error);
    }
    error.textContent = words.required;
    (field.matches("fieldset") ? field : inputs(field)[0]).setAttribute("aria-invalid", "true");
    inputs(field)[0].focus();
  }

  function screenOf(input) {
    return [...screens].find(([, screen]) => screen.contains(input))?.[0] ?? "";
  }

  // Steps and the browser's history

  function go(name) {
    history.pushState({ step: name, depth: (history.state?.depth ?? 0) + 1 }, "");
    move(name);
  }

  // Shows a step that slides in from where it stands.
  function move(name) {
    document.body.classList.add("moved");
    document.body.classList.toggle("from-left", (place(name) < place(step)) !== (main.dir === "rtl"));
    show(name);
    document.dispatchEvent(new CustomEvent("moved"));
  }

  function forward() {
    clearTimeout(leaving);
    if (step === lastScreen && !ticked().length) inputs(safety).find((each) => each.value === "none").checked = true;
    if (missing(step)) return complain();
    summary?.remove();
    if (fields.has(step) && step !== teaser) tell(`left:${step}`);
    else if (step === lastScreen || stopped()) begun();
    passed = 1;
    settle();
    if (stopped() || (step === lastScreen && !fields.size)) return send(); // in a plan, nothing else is asked
    const open = steps();
    go(open[open.indexOf(step) + 1]);
  }

  // Whoever only looks at an article hasn't begun.
  function begun() {
    for (const name of ["start", ...(teaser ? [`reached:${teaser}`, `left:${teaser}`] : [])]) tell(name);
  }

  // A habitual "Next" neither skips a question nor shows an error.
  function onward() {
    if (!seen && !stopped()) return end.scrollIntoView({ block: "center" });
    const habit = fields.has(step) && value(step) === null && performance.now() - shownAt < A_HABIT;
    if (!habit) forward();
  }

  function backward() {
    clearTimeout(leaving);
    summary?.remove();
    if (history.state?.depth) return history.back();
    const open = steps();
    const before = open[Math.max(0, open.indexOf(step) - 1)];
    history.replaceState({ step: before, depth: 0 }, "");
    move(before);
  }

  function send() {
    idle();
    catchUp();
    save(true);
    submit.disabled = next.disabled = true;
    submit.textContent = next.textContent = words.wait;
    sending = setTimeout(() => {
      if (inTab) return openTab();
      const send = window.send ?? ((_form, { page }) => page());
      send(form, {
        body: withoutHeld(() => new URLSearchParams(new FormData(form))),
        signal: underWay.signal,
        // Runners with a stopping answer must see the emergency advice while they wait.
        say: (what) => {
          status.textContent = stopped() ? `${words[what]} ${words.emergency}` : words[what];
          pager.hidden = false;
        },
        page: () => withoutHeld(() => HTMLFormElement.prototype.submit.call(form)),
      });
    }, Math.max(0, OLD_ENOUGH - performance.now()));
  }

  // The browser itself sends a form into a new tab, which it would keep a script from opening. Here, the
  // answers stay.
  function openTab() {
    withoutHeld(() => HTMLFormElement.prototype.submit.call(form));
    idle();
  }

  function withoutHeld(send) {
    const held = [...fields.keys()].filter((key) => !expected.has(key)).flatMap((key) => inputs(fields.get(key)));
    held.forEach((each) => { each.disabled = true; });
    const sent = send();
    held.forEach((each) => { each.disabled = false; });
    return sent;
  }

  // Cancels a send and resets the buttons.
  function idle() {
    clearTimeout(sending);
    underWay.abort();
    underWay = new AbortController();
    status.textContent = "";
    submit.disabled = next.disabled = false;
    submit.textContent = submitWords;
    label();
  }

  // Answers are saved in this tab: across reloads and while the phone sleeps, until the result arrives.

  function save(sent = false) {
    const answers = [...new FormData(form)].filter(([name]) => name === "safety" || fields.has(name));
    try {
      sessionStorage.setItem(storage, JSON.stringify({ answers, step, sent, met: [...met] }));
      if (sent) sessionStorage.removeItem(arrived);
    } catch {
      // Storage is full or blocked: a reload starts over.
    }
  }

  function load() {
    try {
      const saved = JSON.parse(sessionStorage.getItem(storage));
      return saved && { ...saved, done: saved.sent && sessionStorage.getItem(arrived) !== null };
    } catch {
      return null;
    }
  }

  function restore(answers) {
    [safety, ...fields.values()].forEach(clear);
    for (const [name, answer] of answers) {
      for (const each of main.querySelectorAll(`input[name="${CSS.escape(name)}"]`)) {
        if (boxed(each)) each.checked ||= each.value === answer;
        else each.value = answer;
      }
    }
  }

  // Input

  // Ignores input that comes before the question was seen.
  function unlessEarly(event, since) {
    if (since - shownAt >= A_MOMENT) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  main.addEventListener("pointerdown", () => { tappedAt = performance.now(); }, true);
  main.addEventListener("click", (event) => unlessEarly(event, event.detail ? tappedAt : performance.now()), true);
  main.addEventListener("keydown", (event) => {
    if (!event.repeat) pressedAt = performance.now();
    if (/^([0-9 ]|Enter)$/.test(event.key)) unlessEarly(event, pressedAt);
  }, true);

  main.addEventListener("pointerdown", () => { byPointer = true; });
  main.addEventListener("keydown", (event) => {
    byPointer = false;
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === "Enter" && !event.target.closest("button, summary, a")) {
      event.preventDefault();
      // In the safety list, Enter only continues if something is checked: "none of these" needs its button.
      if (finish.hidden && !event.repeat && (!screens.has(step) || flagged())) onward();
    } else if (!event.repeat && /^[0-9]$/.test(event.key) && fields.get(step)?.contains(event.target) && event.target.type !== "number") {
      pick(event.key);
    }
  });

  function pick(digit) {
    const options = inputs(fields.get(step));
    const scale = options[0].closest(".scaleselect");
    const before = performance.now() - typedAt < A_NUMBER ? typed : "";
    typed = [before + digit, digit].find((each) => options.some((option) => option.value.startsWith(each))) ?? "";
    typedAt = performance.now();
    const chosen = scale ? options.find((each) => each.value === typed) : options[Number(digit) - 1];
    if (!chosen) return;
    if (chosen.type === "checkbox") return chosen.click();
    chosen.checked = true;
    answered();
    if (scale) chosen.focus();
    else leaving = setTimeout(forward, A_LOOK);
  }

  function answered() {
    const field = fields.get(step) ?? safety;
    faultOf(field)?.remove();
    for (const each of [field, ...inputs(field)]) each.removeAttribute("aria-invalid");
    settle();
    label();
    afterPaint(save);
  }

  main.addEventListener("input", (event) => {
    if (event.target.name === "safety" && event.target.value !== "none") {
      inputs(safety).find((each) => each.value === "none").checked = false;
    }
    part(event.target);
    typed = "";
    answered();
  });

  // Unchecks the answers that can't go with this one.
  function part(chosen) {
    const alone = flow.alone[chosen.name];
    if (!alone || !chosen.checked) return;
    for (const each of inputs(fields.get(chosen.name))) {
      if (each !== chosen && (alone.includes(each.value) || alone.includes(chosen.value))) each.checked = false;
    }
  }

  // Tapping a choice continues to the next question. Arrow keys only select.
  main.addEventListener("click", (event) => {
    if (event.target.type === "radio" && byPointer) {
      clearTimeout(leaving);
      leaving = setTimeout(forward, A_LOOK);
    }
    const link = event.target.closest(".summary a");
    const target = link && main.querySelector(link.hash);
    if (target) {
      event.preventDefault();
      const name = target.closest("[data-key]")?.dataset.key ?? screenOf(target);
      show(name);
      target.focus();
    }
  });

  // Without navigation, since the history belongs to the questions.
  document.querySelector(".skip")?.addEventListener("click", (event) => {
    event.preventDefault();
    heading.focus();
  });
  next.addEventListener("focus", () => { if (!byPointer) read(); });
  next.addEventListener("click", (event) => {
    if (!event.detail) read(); // by a key or a screen reader
    onward();
  });
  back.addEventListener("click", backward);
  extras?.querySelector("button").addEventListener("click", () => {
    const open = steps();
    go(open[open.indexOf("gate") + 1]);
  });
  main.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  addEventListener("popstate", ({ state }) => {
    clearTimeout(leaving);
    if (state) move(reachable(state.step));
  });
  // A hidden page isn't painted.
  addEventListener("pagehide", catchUp);
  document.addEventListener("visibilitychange", catchUp);
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    shownNow();
    idle();
    setTimeout(refill); // WebKit empties a form without autofill after this event
  });

  function refill() {
    const saved = load();
    if (saved) restore(saved.answers);
    settle();
    label();
  }

  // Start

  const before = load();
  met = new Set(before?.met);
  const isCorrection = location.hash === "#change";
  const isNewVisit = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  if (summary) {
    const faulty = main.querySelector("[data-key] > .error")?.closest("[data-key]").dataset.key;
    settle();
    show(faultOf(safety) ? "" : faulty ?? "gate", false);
  } else if (before && (isCorrection || !(before.done && isNewVisit))) {
    restore(before.answers);
    const flag = inputs(safety).find((each) => each.checked && each.value !== "none");
    step = isCorrection && flag ? screenOf(flag) : before.step;
    settle();
    show(reachable(step), false);
  } else {
    met.clear();
    if (!document.documentElement.classList.contains("touched")) restore([]);
    show(order[0], false);
  }
  const depth = history.state?.depth ?? 0;
  history.replaceState({ step, depth }, "", isCorrection ? location.pathname + location.search : undefined);
  document.body.classList.add("ready");
  summary?.focus();
}
