"""Formats the results as text and as JSON."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from benchmarks.viral import memory
from benchmarks.viral.hour import Hour, Step
from benchmarks.viral.memory import Soak
from benchmarks.viral.runner import ASK, LEAVE, SCANS

HOUR = 3600
SERVING = ("web", "worker", "beat", "postgres", "redis")
COLUMNS = (
    "Runners an hour", "Came", "Requests a second", "Slowest page, 95 of 100", "All pages, middle",
    "Mail, 95 of 100", "Errors", "Requests waiting", "Mails waiting", "Cores: web", "postgres",
    "worker", "redis", "client", "others", "Held",
)  # fmt: skip
HEAD = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"


def line(step: Step) -> str:
    kind, p95 = step.slowest
    cores, mail = step.spent.cores, step.told["times"].get("mail")
    middles = sorted(each["middle"] for each in step.pages.values()) or [0.0]
    cells = [
        f"{HOUR * step.rate:,.0f}",
        f"{HOUR * step.came:,.0f}",
        f"{step.requests:,.0f}",
        f"{p95:.3f} s ({kind})",
        f"{middles[len(middles) // 2]:.3f} s",
        f"{mail['p95']:.1f} s" if mail else "",
        str(step.told["faults"]),
        f"{step.told['waiting']:.1f}",
        f"{step.spent.queues.get('mails', 0):.0f}",
        *(f"{cores[part]:.2f}" for part in ("web", "postgres", "worker", "redis", "client")),
        f"{others(step):.2f}",
        "; ".join(step.bends) or "yes",
    ]
    return f"| {' | '.join(cells)} |"


def others(step: Step) -> float:
    """Cores kept busy by other processes."""
    return max(0.0, step.spent.machine - sum(step.spent.cores.values()))


def told(found: Hour | Soak) -> Iterator[str]:
    return bent(found) if isinstance(found, Hour) else grown(found)


def bent(hour: Hour) -> Iterator[str]:
    yield ""
    shape = hour.shape
    yield (
        f"{shape.web} web processes, {shape.mail} for mail; files are sent by "
        f"{'granian' if shape.files else 'something else'}. Of all who came, {LEAVE:.0%} left at "
        f"a question and {ASK:.0%} asked for the guide; scanners opened each link of a mail "
        f"{SCANS} times; runners thought {hour.hurry:.0f} times as fast as people do."
    )
    held, over = hour.held, hour.bent
    if held:
        yield (
            f"Capacity: {HOUR * held.rate:,.0f} runners an hour, while the client took "
            f"{held.spent.cores['client']:.2f} cores and what else this machine did "
            f"{others(held):.2f}."
        )
        yield from cost(held)
    if over:
        yield f"It bent at {HOUR * over.rate:,.0f}: {'; '.join(over.bends)}."
        yield f"There, {' Then '.join(bottlenecks(over, shape.web))}"
    ended = hour.ended
    yield (
        f"Mail: {ended.asked} asked for, {ended.asked - len(ended.lost)} came, "
        f"{len(ended.lost)} lost, {ended.doubled} twice. All was done {ended.drained:.0f} s after "
        f"the last had come. Errors in the whole run: {ended.faults}."
    )
    yield from ended.samples
    for part in memory.PARTS:
        at = [hour.memory[when].get(part, 0.0) for when in ("rest", "most", "after")]
        yield f"Memory of {part}: {at[0]:.0f} MB at rest, {at[1]:.0f} at most, {at[2]:.0f} after."


def cost(step: Step) -> Iterator[str]:
    """Capacity by CPU time, which depends less on other load on the machine."""
    came, cores = step.came or step.rate, len(os.sched_getaffinity(0))
    each = {part: step.spent.cores[part] / came for part in (*SERVING, "client")}
    parts = ", ".join(f"{part} {1000 * seconds:.1f} ms" for part, seconds in each.items())
    ours = sum(each[part] for part in SERVING)
    yield f"CPU that a runner costs: {parts}."
    yield (
        f"If CPU were all, {cores} cores would carry {HOUR * cores / (ours + each['client']):,.0f} "
        f"an hour beside this client, and {HOUR * cores / ours:,.0f} without it."
    )


def bottlenecks(step: Step, web: int) -> list[str]:
    """The two components with the highest CPU usage, with their queues."""
    queues = step.spent.queues
    before = {
        "web": f"{step.told['waiting']:.0f} requests waiting for {2 * web} threads",
        "worker": f"{queues.get('mails', 0):.0f} mails waiting, the oldest "
        f"{queues.get('oldest', 0):.0f} s",
        "postgres": f"{queues.get('busy_backends', 0):.1f} connections at work, "
        f"{queues.get('blocked_backends', 0):.1f} of them held by a lock",
        "redis": f"{queues.get('hints', 0):.1f} hints waiting",
        "beat": "nothing waits for it",
    }
    ranked = sorted(SERVING, key=lambda part: step.spent.cores[part], reverse=True)
    return [f"{part}: {step.spent.cores[part]:.2f} cores, {before[part]}." for part in ranked[:2]]


def grown(soak: Soak) -> Iterator[str]:
    yield (
        f"{soak.minutes:g} minutes at {HOUR * soak.rate:,.0f} runners an hour "
        f"({soak.step.requests:.0f} requests a second), judged over the last {soak.judged:.1f}; "
        f"{soak.ended.faults} errors, {len(soak.ended.lost)} mails lost of {soak.ended.asked}."
    )
    yield from soak.ended.samples
    yield ""
    yield "| Part | At rest | Warm | At the end | After | Growth | In the last half | Grows |"
    yield f"|{'---|' * 8}"
    for name, part in soak.parts.items():
        held = " | ".join(f"{mb:.1f} MB" for mb in (part.rest, part.warm, part.last, part.after))
        grows = "YES" if part.grows(soak.judged) else "no"
        slopes = " | ".join(f"{1024 * mb:+.0f} KB a minute" for mb in (part.slope, part.late))
        yield f"| {name} | {held} | {slopes} | {grows} |"


def as_data(found: Hour | Soak) -> dict[str, Any]:
    """The results as JSON data."""
    data = asdict(found)
    if isinstance(found, Hour):
        held = found.held
        data["runners_an_hour"] = HOUR * held.rate if held else None
        for step, each in zip(data["steps"], found.steps, strict=True):
            step["bends"] = each.bends
    return data | {"well": found.well}
