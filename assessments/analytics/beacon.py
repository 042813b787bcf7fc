"""What a page's script tells of the steps that were met on it. Anyone can write one: it is read
strictly, and counts for nothing more than a number."""

import json
import re
from dataclasses import dataclass
from typing import Any

from assessments import hooks
from assessments.analytics.utm import source_clean
from assessments.definition import Definition

MOST_BYTES = 32 * 1024
MOST_STEPS = 500
MOST_NUMBER = 2**31
KEYS = {"edition", "source", "profile", "steps"}
STEP = re.compile(r"([a-z]{1,16})(?::([a-z0-9_-]{1,64}))?")


class BeaconError(ValueError):
    """It is none of ours."""


@dataclass(frozen=True, slots=True)
class Beacon:
    """Steps, each with its item, and what is known of who met them: a page of a guide whose
    answers were erased knows no version."""

    edition: int | None
    source: str
    profile: str
    steps: tuple[tuple[str, str], ...]


def beacon_read(content: bytes) -> Beacon:
    """Raises BeaconError. Whether its words mean something, `beacon_fits` says."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BeaconError("no JSON") from error
    if not isinstance(data, dict) or set(data) != KEYS:
        raise BeaconError("other keys")
    edition, steps = data["edition"], data["steps"]
    if edition is not None and not (type(edition) is int and 0 < edition < MOST_NUMBER):
        raise BeaconError("no edition")
    if not (isinstance(data["source"], str) and isinstance(data["profile"], str)):
        raise BeaconError("no words")
    if not isinstance(steps, list) or not 0 < len(steps) <= MOST_STEPS:
        raise BeaconError("no steps")
    return Beacon(edition, source_clean(data["source"]), data["profile"], _steps(steps))


def beacon_fits(beacon: Beacon, definition: Definition | None) -> bool:
    """Whether all of it can be met in this version."""
    if definition is None:
        return not beacon.profile and hooks.beacon_steps.issuperset(beacon.steps)
    profiles = {"", *(profile.key for profile in definition.profiles)}
    return beacon.profile in profiles and all(_known(step, definition) for step in beacon.steps)


def _known(step: tuple[str, str], definition: Definition) -> bool:
    name, item = step
    of_a_question = name in {"reached", "left"} and definition.has_question(item)
    return of_a_question or step == ("start", "") or step in hooks.beacon_steps


def _steps(texts: list[Any]) -> tuple[tuple[str, str], ...]:
    found = [isinstance(text, str) and STEP.fullmatch(text) for text in texts]
    steps = tuple((match[1], match[2] or "") for match in found if match)
    if len(steps) < len(texts) or len(set(steps)) < len(steps):
        raise BeaconError("no step, or one twice")
    return steps
