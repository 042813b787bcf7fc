"""What a timer counts for one exercise: sets, sides, holds or reps at their pace, and rests."""

import re
from dataclasses import dataclass

from guides.content.library import Dose
from guides.content.minutes import (
    BOTH_SIDES,
    DOSE,
    NUMBER,
    OTHER_SIDE_SECONDS,
    REP_SECONDS,
    rest_seconds,
)

UNIT = re.compile(r"^\s*(seconds?|secs?|s|segundos?|seg)\b\s*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Timer:
    """`seconds` are those of a hold, or None for `reps`, each of which takes its `cues`: seconds
    with what to do meanwhile. `change` is the time to change sides."""

    sets: int
    sides: int
    reps: int
    seconds: int | None
    rest: int
    change: int
    cues: tuple[tuple[float, str], ...]


def timer_of(dose: Dose, text: str) -> Timer | None:
    """For a plan's dose and the exercise's own pace and rest. None if the dose can't be read."""
    match = DOSE.match(text)
    if match is None:
        return None
    much = int(match["much"])
    return Timer(
        sets=int(match["sets"]),
        sides=2 if BOTH_SIDES.search(match["rest"]) else 1,
        reps=1 if match["unit"] else much,
        seconds=much if match["unit"] else None,
        rest=rest_seconds(dose, text),
        change=OTHER_SIDE_SECONDS,
        cues=() if match["unit"] else _cues(dose.tempo or ""),
    )


def _cues(tempo: str) -> tuple[tuple[float, str], ...]:
    """`2 seconds forward, 2 squeeze, 2 back` as seconds and words."""
    found = []
    for part in tempo.split(","):
        number = NUMBER.search(part)
        if number:
            low, high = number.groups()
            words = UNIT.sub("", part[number.end() :]).strip()
            found.append(((float(low) + float(high or low)) / 2, words))
    return tuple(found) or ((REP_SECONDS, ""),)
