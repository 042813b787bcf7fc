"""What the current version changed in one runner's result, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.definition import Definition
from assessments.runner.areas import ScoreArea, score_areas
from assessments.scoring import Result


@dataclass(frozen=True, slots=True)
class ChangedLine:
    label: str
    before: str
    after: str


def changed_lines(
    earlier: Definition, scored: Result, later: Definition | None, now: Result | None
) -> Iterator[ChangedLine]:
    """The result type, then the areas, in the words of both results."""
    if later is None or now is None:
        return
    was, is_ = (_heading(earlier, scored), _heading(later, now))
    if was != is_:
        yield ChangedLine(_("Your result type"), was, is_)
    before = score_areas(earlier, scored)
    for key, area in score_areas(later, now).items():
        old = before.get(key)
        was = _area_words(old) if old else _("Not checked yet")
        if was != _area_words(area):
            yield ChangedLine(area.label, was, _area_words(area))


def _heading(definition: Definition, result: Result) -> str:
    return definition.profile(result.profile).heading if result.profile else _("None")


def _area_words(area: ScoreArea) -> str:
    if area.score is None:
        return area.word
    score = _("%(score)s of 100") % {"score": area.score}
    return f"{area.word} ({score})"


def new_advice(
    earlier: Definition, scored: Result, later: Definition | None, now: Result | None
) -> Iterator[str]:
    """Extra advice that wasn't on the result."""
    if later is None or now is None:
        return
    told = {earlier.notice(key).text for key in scored.notices}
    for key in now.notices:
        if (text := later.notice(key).text) not in told:
            yield text
