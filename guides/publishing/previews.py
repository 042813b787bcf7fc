"""Previews of drafts."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import assessments.selectors
from guides.content import GuideContent, RunnerAdvice
from guides.models import Guide
from guides.pdf.build import guide_build
from guides.pdf.papers import Paper
from guides.publishing.services import guide_compile


@dataclass(frozen=True, slots=True)
class LeftOutPreview:
    """What runners who checked a safety item leave out, with what they do instead, and the result
    types, by key and title, whose plans that changes."""

    item: str
    words: str
    exercises: tuple[tuple[str, str], ...]
    profiles: tuple[tuple[str, str], ...]


def guide_preview(
    *, guide: Guide, profile: str, paper: Paper, checked: Collection[str] = ()
) -> bytes:
    """The draft's PDF, as publishing would build it now, for runners who `checked` these items.

    Raises ContentError, PlanMissingError, or UnbuildableError.
    """
    words = assessments.selectors.safety_items_clearable()
    advice = RunnerAdvice(
        skip_for=frozenset(checked),
        checked=tuple((item, words[item]) for item in checked if item in words),
    )
    content = guide_compile(guide=guide)
    built = guide_build(content=content, guide=guide, profile=profile, paper=paper, advice=advice)
    return built.content


def left_out_previews(*, guide: Guide) -> list[LeftOutPreview]:
    """What each safety item leaves out of the draft's plans. Raises ContentError."""
    return [*_left_out(guide_compile(guide=guide), assessments.selectors.safety_items_clearable())]


def _left_out(content: GuideContent, words: dict[str, str]) -> Iterator[LeftOutPreview]:
    for item, said in words.items():
        left_out = {
            profile.key: content.left_out(profile.key, {item}) for profile in content.profiles
        }
        names = {
            each.exercise.name: each.instead.name if each.instead else ""
            for exercises in left_out.values()
            for each in exercises
        }
        changed = [profile for profile in content.profiles if left_out[profile.key]]
        if names:
            titles = tuple((profile.key, profile.title) for profile in changed)
            yield LeftOutPreview(item, said, tuple(names.items()), titles)
