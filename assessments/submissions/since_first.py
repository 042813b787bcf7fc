"""How runners who took the check again are since their first time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assessments import selectors
from assessments.hooks import Between
from assessments.scoring import then_and_now
from assessments.selectors import Visit


@dataclass(frozen=True, slots=True)
class SinceFirst:
    """A visit after the first one. The verdict is better, same, worse, mixed, or none, as the
    runner's own page says."""

    verdict: str
    between: Between


def since_first(runners: Iterable[int]) -> dict[int, SinceFirst]:
    """By the key of the answers that count for each visit after the first. `runners` are the keys
    of their first answers."""
    visits = selectors.visits_of_runners(runners)
    return {pk: since for runner, own in visits.items() for pk, since in _later(runner, own)}


def _later(runner: int, visits: list[Visit]) -> Iterator[tuple[int, SinceFirst]]:
    first, *later = visits
    earlier = selectors.edition_definition(first.edition)
    for visit in later:
        now = selectors.edition_definition(visit.edition)
        compared = then_and_now(earlier, now, first.answers.answers, visit.answers.answers)
        yield visit.answers.pk, SinceFirst(compared.verdict, Between(runner, first.day, visit.day))
