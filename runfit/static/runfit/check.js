// One question at a time. Without this script, or if it fails, the whole form stands on the page.
"use strict";

document.documentElement.classList.add("js");

addEventListener("DOMContentLoaded", () => {
  const main = document.getElementById("main");
  try {
    walk(main);
  } catch (error) {
    document.documentElement.classList.remove("js");
    main.querySelectorAll("[hidden]").forEach((each) => { each.hidden = false; });
    console.error(error);
  }
});

// A question may be called "submit" or "dataset", and the form would then say its field instead
// of its own part: so nothing is asked of the form itself.
function walk(main) {
  const OLD_ENOUGH = 2500; // milliseconds; a stopping answer on the first screen can be quicker than the server takes from a person (form_token.MINIMUM_AGE)
  const A_MOMENT = 400; // milliseconds from the first paint of a question in which a tap or a key was meant for what stood there before; counts from when it went down
  const A_HABIT = 800; // milliseconds in which "Next" or Enter was meant for the question that a tap left
  const A_LOOK = 220; // milliseconds in which a choice is seen before the next question comes
  const A_NUMBER = 700; // milliseconds in which a second digit belongs to the first
  const form = main.querySelector(".check");
  const pager = main.querySelector(".pager");
  const [back, next] = pager.querySelectorAll("button");
  const progress = pager.querySelector("progress");
  const status = pager.querySelector("[role=status]");
  const finish = main.querySelector(".finish");
  const submit = finish.querySelector("button:not([type])");
  const extras = finish.querySelector(".extras");
  const safety = main.querySelector(".safety .field");
  const summary = main.querySelector(".summary");
  const flow = JSON.parse(pager.dataset.flow);
  const words = flow.words;
  const title = document.title;
  const submitWords = submit.textContent;
  const edition = Element.prototype.getAttribute.call(form, "data-edition");
  const storage = `${location.pathname} ${edition}`;
  const arrived = `arrived ${location.pathname}`; // a result's page notes it
  const fields = new Map([...main.querySelectorAll("[data-key]")].map((each) => [each.dataset.key, each]));
  const when = new Map(Object.entries(flow.when));
  const order = ["", ...fields.keys()]; // "" is the safety list, which comes first
  // What the browser would fill in again is kept below, for this tab only.
  Element.prototype.setAttribute.call(form, "autocomplete", "off");
  let step = "";
  let heading = null;
  let expected = new Set();
  let byPointer = false;
  let leaving = 0;
  let sending = 0;
  let underWay = new AbortController(); // what is being sent
  let passed = 0; // 1 while the question that stands is being left
  let shownAt = 0;
  let tappedAt = 0; // when a pointer went down last, and a key that is not held
  let pressedAt = 0;
  let typed = "";
  let typedAt = 0;
  let met = new Set(); // steps that were told; kept in the tab beside the answers, so Back, a reload, or a corrected answer counts nothing twice

  // What is answered. What is not asked now is held, and counts for nothing.

  const inputs = (field) => [...field.querySelectorAll("input")];

  const value = (key) => {
    if (!expected.has(key)) return null;
    const [first] = inputs(fields.get(key));
    const checked = first.type === "radio" ? main.querySelector(`input[name="${key}"]:checked`) : first;
    return checked?.value || null;
  };

  const ticked = () => inputs(safety).filter((each) => each.checked).map((each) => each.value);

  const holds = (condition) => {
    const answer = value(condition.answer);
    if (answer === null) return false;
    if (condition.in) return condition.in.includes(answer);
    if (condition.not_in) return !condition.not_in.includes(answer);
    return Number(answer) >= (condition.at_least ?? -Infinity) && Number(answer) <= (condition.at_most ?? Infinity);
  };

  // An earlier question that is still to come may bring this one; one that was skipped may not.
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

  // What will be asked.
  function settle() {
    expected = new Set();
    for (const key of fields.keys()) if ((when.get(key) ?? []).every(mayHold)) expected.add(key);
    main.querySelectorAll(".spot").forEach((spot) => spot.classList.toggle("on", spot.control?.checked));
  }

  const stopped = () => ticked().some((each) => flow.stops.includes(each)) || flow.derived.some((all) => all.every((each) => place(each.answer) <= place(step) && holds(each)));

  // Where to go

  const isExtra = (key) => flow.extras.includes(key);
  const steps = () => {
    const asked = [...expected];
    const core = asked.filter((key) => !isExtra(key));
    const more = asked.filter(isExtra);
    return ["", ...core, "gate", ...more, ...(more.length ? ["end"] : [])];
  };
  const place = (name) => (name === "gate" ? order.length - flow.extras.length - 0.5 : name === "end" ? order.length : order.indexOf(name));
  const skippable = (name) => flow.optional.includes(name) && value(name) === null;
  const missing = (name) => (name === "" ? !ticked().length : fields.has(name) && !flow.optional.includes(name) && value(name) === null);

  // That step, or the last one before it that can be shown.
  function reachable(name) {
    const open = steps();
    const gap = open.findIndex(missing);
    const last = gap < 0 ? open : open.slice(0, gap + 1);
    return last.filter((each) => place(each) <= place(name)).pop() ?? "";
  }

  // What is shown

  function show(name, focus = true) {
    step = name;
    passed = 0;
    shownNow();
    typed = "";
    settle();
    const field = step === "" ? safety : fields.get(step);
    const shown = field ?? finish;
    for (const each of [safety, finish, ...fields.values()]) each.hidden = each !== shown;
    for (const each of main.querySelectorAll(".check > section")) each.hidden = !each.contains(shown);
    if (extras) offer();
    document.body.classList.toggle("stepping", step !== "");
    heading = shown.querySelector("legend, h2, label");
    heading.tabIndex = -1;
    const count = field && step !== "" ? counted() : "";
    progress.hidden = !count;
    document.title = count ? `${count} · ${title}` : title;
    idle();
    scrollTo({ top: 0, behavior: "instant" });
    if (focus) heading.focus({ preventScroll: true });
    if (fields.has(step)) tell(`reached:${step}`);
    save();
  }

  // A slow phone paints it a while later.
  function shownNow() {
    shownAt = performance.now();
    requestAnimationFrame(() => { shownAt = performance.now(); });
  }

  // To count.js, which tells the server how many there were, and not who.
  function tell(name) {
    if (met.has(name)) return;
    met.add(name);
    document.dispatchEvent(new CustomEvent("step", { detail: name }));
  }

  function counted() {
    const group = steps().filter((each) => fields.has(each) && isExtra(each) === isExtra(step));
    const text = words[isExtra(step) ? "extra" : "question"].replace("{n}", group.indexOf(step) + 1).replace("{all}", group.length);
    let count = heading.querySelector(".count");
    if (!count) {
      count = document.createElement("span");
      count.className = "count";
      heading.prepend(count, " ");
    }
    count.textContent = text;
    progress.max = group.length;
    progress.value = group.indexOf(step);
    return text;
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
    back.hidden = step === "";
    next.hidden = !finish.hidden;
    pager.hidden = back.hidden && next.hidden;
    next.classList.toggle("btn-quiet", skippable(step));
    if (step === "") next.textContent = stopped() ? words.stop : ticked().some((each) => each !== "none") ? words.next : words.start;
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

  // Steps, in the page and in the browser's history

  function go(name) {
    history.pushState({ step: name, depth: (history.state?.depth ?? 0) + 1 }, "");
    show(name);
  }

  function forward() {
    clearTimeout(leaving);
    if (step === "" && !ticked().length) inputs(safety).find((each) => each.value === "none").checked = true;
    if (missing(step)) return complain();
    summary?.remove();
    tell(step === "" ? "start" : `left:${step}`);
    passed = 1;
    settle();
    if (stopped()) return send();
    const open = steps();
    go(open[open.indexOf(step) + 1]);
  }

  // A habit skips no question, and is no fault.
  function onward() {
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
    show(before);
  }

  function send() {
    idle();
    save(true);
    submit.disabled = next.disabled = true;
    submit.textContent = next.textContent = words.wait;
    sending = setTimeout(() => {
      const send = window.send ?? ((_form, { page }) => page());
      send(form, {
        body: withoutHeld(() => new URLSearchParams(new FormData(form))),
        signal: underWay.signal,
        // Who waits for the page that says what to do now must not wait for that alone.
        say: (what) => { status.textContent = stopped() ? `${words[what]} ${words.emergency}` : words[what]; },
        page: () => withoutHeld(() => HTMLFormElement.prototype.submit.call(form)),
      });
    }, Math.max(0, OLD_ENOUGH - performance.now()));
  }

  function withoutHeld(send) {
    const held = [...fields.keys()].filter((key) => !expected.has(key)).flatMap((key) => inputs(fields.get(key)));
    held.forEach((each) => { each.disabled = true; });
    const sent = send();
    held.forEach((each) => { each.disabled = false; });
    return sent;
  }

  // A send that was called off leaves no trace.
  function idle() {
    clearTimeout(sending);
    underWay.abort();
    underWay = new AbortController();
    status.textContent = "";
    submit.disabled = next.disabled = false;
    submit.textContent = submitWords;
    label();
  }

  // Answers stay in this tab: through a reload, while the phone sleeps, and until a result has come.

  function save(sent = false) {
    const answers = [...new FormData(form)].filter(([name]) => name === "safety" || fields.has(name));
    try {
      sessionStorage.setItem(storage, JSON.stringify({ answers, step, sent, met: [...met] }));
      if (sent) sessionStorage.removeItem(arrived);
    } catch {
      // No room, or not allowed: then a reload starts again.
    }
  }

  function kept() {
    try {
      const found = JSON.parse(sessionStorage.getItem(storage));
      return found && { ...found, done: found.sent && sessionStorage.getItem(arrived) !== null };
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

  // What the runner does

  // Nobody answers what they have not seen.
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
      // Enter in the safety list goes on only if something is checked: saying "none of these" takes its button.
      if (finish.hidden && !event.repeat && (step !== "" || ticked().length)) onward();
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
    save();
  }

  main.addEventListener("input", (event) => {
    if (event.target.name === "safety" && event.target.value !== "none") {
      inputs(safety).find((each) => each.value === "none").checked = false;
    }
    typed = "";
    answered();
  });

  // A tap on a choice goes on. Arrow keys only look around.
  main.addEventListener("click", (event) => {
    if (event.target.type === "radio" && byPointer) {
      clearTimeout(leaving);
      leaving = setTimeout(forward, A_LOOK);
    }
    const link = event.target.closest(".summary a");
    const target = link && main.querySelector(link.hash);
    if (target) {
      event.preventDefault();
      const name = target.closest("[data-key]")?.dataset.key ?? "";
      show(name);
      target.focus();
    }
  });

  // Its place in the browser's history belongs to the questions.
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    heading.focus();
  });
  next.addEventListener("click", onward);
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
    if (state) show(reachable(state.step));
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    shownNow();
    idle();
  });

  // Where to begin

  const before = kept();
  met = new Set(before?.met);
  const mending = location.hash === "#change";
  const anew = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  if (summary) {
    const faulty = main.querySelector("[data-key] > .error")?.closest("[data-key]").dataset.key;
    settle();
    show(faultOf(safety) ? "" : faulty ?? "gate", false);
  } else if (before && (mending || !(before.done && anew))) {
    restore(before.answers);
    step = mending && ticked().some((each) => each !== "none") ? "" : before.step;
    settle();
    show(reachable(step), false);
  } else {
    met.clear();
    restore([]);
    show("", false);
  }
  const depth = history.state?.depth ?? 0;
  history.replaceState({ step, depth }, "", mending ? location.pathname + location.search : undefined);
  document.body.classList.add("ready");
  summary?.focus();
}
