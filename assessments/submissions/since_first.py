"""How runners who took the check again are since their first time."""

from collections.abc import Iterable, Iterator

from assessments import selectors
from assessments.scoring import then_and_now
from assessments.selectors import Visit


def verdicts_since_first(runners: Iterable[int]) -> dict[int, str]:
    """Better, same, worse, mixed, or none, as the runner's own page says, by the key of the answers
    that count for each visit after the first. `runners` are the keys of their first answers."""
    visits = selectors.visits_of_runners(runners)
    return {pk: verdict for own in visits.values() for pk, verdict in _verdicts(own)}


def _verdicts(visits: list[Visit]) -> Iterator[tuple[int, str]]:
    first, *later = visits
    earlier = selectors.edition_definition(first.edition)
    for visit in later:
        now = selectors.edition_definition(visit.edition)
        compared = then_and_now(earlier, now, first.answers.answers, visit.answers.answers)
        yield visit.answers.pk, compared.verdict
