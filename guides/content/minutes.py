"""How long a session takes, worked out from its doses: moves, rests, and changing place.

The warm-up comes on top. A dose is read as plans write it: `2 x 8 each side`, `2 x 15 s`,
`2 x 10 steps each way`.
"""

import re
from collections.abc import Iterable
from math import ceil

from guides.content.library import Dose

DOSE = re.compile(
    r"(?P<sets>\d+)\s*[x\u00d7]\s*(?P<much>\d+)(?:\s*[-\u2013]\s*(?P<most>\d+))?"
    r"(?P<unit>\s*(?:s|sec|secs|seconds?|seg|segundos?)\b)?(?P<rest>.*)",
    re.IGNORECASE,
)
BOTH_SIDES = re.compile(r"\b(each|per side|a side|cada|por lado)\b", re.IGNORECASE)
NUMBER = re.compile(r"(\d+(?:\.\d+)?)(?:\s*[-\u2013]\s*(\d+(?:\.\d+)?))?")

REP_SECONDS = 4.0
"""Of a rep whose pace isn't given in numbers."""
OTHER_SIDE_SECONDS = 5
NEXT_EXERCISE_SECONDS = 30
"""To get up, read, and get into place."""
MINUTE = 60


def session_minutes(steps: Iterable[tuple[Dose, str]]) -> int | None:
    """Whole minutes for a session's exercises, each with its plan's dose. None if one can't be
    read."""
    each = [step_seconds(dose, text) for dose, text in steps]
    known = [seconds for seconds in each if seconds is not None]
    if not known or len(known) < len(each):
        return None
    return ceil((sum(known) + (len(known) - 1) * NEXT_EXERCISE_SECONDS) / MINUTE)


def step_seconds(dose: Dose, text: str) -> float | None:
    """Seconds for one exercise, from the plan's dose and the exercise's own pace and rest."""
    match = DOSE.match(text)
    if match is None:
        return None
    sets = int(match["sets"])
    sides = 2 if BOTH_SIDES.search(match["rest"]) else 1
    much = (int(match["much"]) + int(match["most"] or match["much"])) / 2
    seconds = much if match["unit"] else much * rep_seconds(dose.tempo)
    rests = max(sets - 1, 0) * dose.rest_seconds + sets * (sides - 1) * OTHER_SIDE_SECONDS
    return sets * sides * seconds + rests


def rest_seconds(dose: Dose, text: str) -> int:
    """The rest between the sets of a plan's dose: 0 if there's only one."""
    match = DOSE.match(text)
    return 0 if match and int(match["sets"]) == 1 else dose.rest_seconds


def rep_seconds(tempo: str | None) -> float:
    """The sum of the numbers in a pace such as `2 up, 1-2 hold, 3 down`."""
    pairs = NUMBER.findall(tempo or "")
    total = sum((float(low) + float(high or low)) / 2 for low, high in pairs)
    return total or REP_SECONDS
