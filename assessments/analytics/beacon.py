"""Parses and validates the beacon that a page's script sends: the steps reached on that page.

Anyone can forge one, so it's parsed strictly and only ever adds to counts.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from assessments import hooks
from assessments.analytics.utm import source_clean
from assessments.definition import Definition

MAX_BYTES = 32 * 1024
MAX_STEPS = 500
MAX_NUMBER = 2**31
KEYS = {"edition", "source", "profile", "steps"}
STEP = re.compile(r"([a-z]{1,16})(?::([a-z0-9_-]{1,64}))?")


class BeaconError(ValueError):
    """Not a valid beacon."""


@dataclass(frozen=True, slots=True)
class Beacon:
    """Steps with their items, and the edition, source, and profile of the page.

    `edition` is None on a guide page whose submission was erased.
    """

    edition: int | None
    source: str
    profile: str
    steps: tuple[tuple[str, str], ...]
    page: str = ""
    """Around a frame, as the script says. Whether its site is listed is still to be checked."""


def beacon_read(content: bytes) -> Beacon:
    """Check the format only; `beacon_fits` checks the content. Raises BeaconError."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BeaconError("not JSON") from error
    if not isinstance(data, dict) or set(data) != KEYS:
        raise BeaconError("wrong keys")
    edition, steps = data["edition"], data["steps"]
    if edition is not None and not (type(edition) is int and 0 < edition < MAX_NUMBER):
        raise BeaconError("invalid edition")
    if not (isinstance(data["source"], str) and isinstance(data["profile"], str)):
        raise BeaconError("source and profile must be strings")
    if not isinstance(steps, list) or not 0 < len(steps) <= MAX_STEPS:
        raise BeaconError("invalid steps")
    source = source_clean(data["source"])
    page = "" if source else data["source"]
    return Beacon(edition, source, data["profile"], _steps(steps), page)


def beacon_fits(beacon: Beacon, definition: Definition | None) -> bool:
    """Whether every step and the profile exist in this edition."""
    if definition is None:
        return not beacon.profile and hooks.beacon_steps.issuperset(beacon.steps)
    profiles = {"", *(profile.key for profile in definition.profiles)}
    return beacon.profile in profiles and all(_is_known(step, definition) for step in beacon.steps)


def _is_known(step: tuple[str, str], definition: Definition) -> bool:
    name, item = step
    is_question_step = name in {"reached", "left"} and definition.has_question(item)
    return is_question_step or step == ("start", "") or step in hooks.beacon_steps


def _steps(texts: list[Any]) -> tuple[tuple[str, str], ...]:
    matches = [isinstance(text, str) and STEP.fullmatch(text) for text in texts]
    steps = tuple((match[1], match[2] or "") for match in matches if match)
    if len(steps) < len(texts) or len(set(steps)) < len(steps):
        raise BeaconError("invalid or repeated step")
    return steps
