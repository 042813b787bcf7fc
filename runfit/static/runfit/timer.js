// Counts an exercise down: sets, sides, holds or reps at their pace, and rests. Sound and vibration only
// if they're asked for.
"use strict";

{
  const READY = 5; // seconds to get into place

  let audio;
  function beep(pitch) {
    audio ??= new AudioContext();
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.2, audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.25);
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.3);
  }

  // All that happens, in order: how long, what it is, and what to do meanwhile.
  function steps({ sets, sides, reps, seconds, rest, change, cues }, [ready, set, first, other, pause, turn, rep]) {
    const all = [{ seconds: READY, phase: ready, cue: "" }];
    for (let number = 1; number <= sets; number += 1) {
      for (let side = 1; side <= sides; side += 1) {
        const phase = [set.replace("{set}", number).replace("{sets}", sets), ...(sides > 1 ? [side === 1 ? first : other] : [])].join(" · ");
        if (seconds) all.push({ seconds, phase, cue: "", starts: true });
        else {
          for (let done = 1; done <= reps; done += 1) {
            const count = rep.replace("{rep}", done).replace("{reps}", reps);
            cues.forEach(([length, words], place) => all.push({
              seconds: length, phase: `${phase} · ${count}`, announced: phase, cue: words, starts: done === 1 && !place,
            }));
          }
        }
        if (side < sides) all.push({ seconds: change, phase: turn, cue: "", starts: true });
      }
      if (number < sets && rest) all.push({ seconds: rest, phase: pause, cue: "", starts: true });
    }
    return all;
  }

  window.timer = (element, wants) => {
    const words = element.dataset.words.split("|");
    const all = steps(JSON.parse(element.dataset.timer), words);
    const [start, clock, phase, count, cue, pause] = ["[data-start]", ".clock", "[data-phase]", "[data-count]", "[data-cue]", "[data-pause]"]
      .map((part) => element.querySelector(part));
    let place = 0;
    let left = 0; // milliseconds of the current step
    let last; // when it was counted last
    let ticking;

    const say = (text) => { if (phase.textContent !== text) phase.textContent = text; };

    function begin() {
      const step = all[place];
      left += step.seconds * 1000;
      if (step.starts || !place) {
        if (wants("sound")) beep(step.cue || step.announced ? 880 : 660);
        if (wants("vibration")) navigator.vibrate?.(200);
      }
    }

    function tick() {
      const now = performance.now();
      if (pause.getAttribute("aria-pressed") === "false") left -= now - last;
      last = now;
      while (left <= 0 && place < all.length - 1) {
        place += 1;
        begin();
      }
      if (left <= 0) return end(words.at(-1));
      say(all[place].announced ?? all[place].phase);
      count.textContent = Math.ceil(left / 1000);
      cue.textContent = [all[place].announced && all[place].phase.slice(all[place].announced.length + 3), all[place].cue].filter(Boolean).join(" · ");
    }

    function end(text) {
      clearInterval(ticking);
      ticking = undefined;
      say(text);
      count.textContent = cue.textContent = "";
      if (text) {
        if (wants("sound")) beep(1320);
        if (wants("vibration")) navigator.vibrate?.([200, 100, 200]);
      }
      clock.classList.toggle("is-over", true);
      start.hidden = false;
      if (!text) clock.hidden = true;
    }

    start.addEventListener("click", () => {
      [place, left, last] = [0, 0, performance.now()];
      pause.setAttribute("aria-pressed", "false");
      clock.classList.remove("is-over");
      clock.hidden = false;
      start.hidden = true;
      begin();
      tick();
      ticking = setInterval(tick, 200);
      element.querySelector("[data-stop]").focus({ preventScroll: true });
    });
    pause.addEventListener("click", () => pause.setAttribute("aria-pressed", pause.getAttribute("aria-pressed") === "false"));
    element.querySelector("[data-skip]").addEventListener("click", () => {
      const from = all[place].announced ?? all[place].phase;
      while (place < all.length - 1 && (all[place].announced ?? all[place].phase) === from) place += 1;
      left = 0;
      if ((all[place].announced ?? all[place].phase) === from) return end(words.at(-1));
      begin();
      tick();
    });
    element.querySelector("[data-stop]").addEventListener("click", () => {
      end("");
      start.focus();
    });
    element.hidden = false;
    return { stop: () => { if (ticking) end(""); } };
  };
}
