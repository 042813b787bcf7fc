"""Weekdays to train on, as ISO numbers: 1 is Monday."""

from collections.abc import Collection
from itertools import combinations

WEEK = 7


def spread_days(number: int) -> tuple[int, ...]:
    """So many days, spread over the week from Monday on."""
    return tuple(place * WEEK // number + 1 for place in range(number))


def training_days(picked: Collection[int], number: int) -> tuple[int, ...]:
    """Those of the picked days on which a block's sessions fall. Out of too many, those that leave
    the most rest between two; the earliest in the week if it's all the same."""
    days = sorted(picked)
    if len(days) <= number:
        return tuple(days)
    return max(combinations(days, number), key=lambda some: (_rests(some), [-day for day in some]))


def back_to_back(picked: Collection[int], number: int) -> bool:
    """Whether two of a block's sessions fall on days in a row, though the week has room."""
    days = training_days(picked, number)
    return 2 * len(days) < WEEK and min(_rests(days)) == 1


def _rests(days: tuple[int, ...]) -> list[int]:
    """The days between two sessions, fewest first."""
    after = (*days[1:], days[0] + WEEK)
    return sorted(later - earlier for earlier, later in zip(days, after, strict=True))
