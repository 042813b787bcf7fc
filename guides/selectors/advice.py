"""What a runner's result says, for the guide behind their link."""

from collections.abc import Collection
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext

import assessments.selectors
from guides.content import DoseWords, GuideContent, RunnerAdvice
from guides.models import DownloadLink, GuideEdition
from guides.selectors.content import guide_content
from runfit.lib.translation import use_language

if TYPE_CHECKING:
    from assessments.models import Submission


def runner_advice(submission: "Submission | None") -> RunnerAdvice:
    """Empty if the answers were erased."""
    if submission is None:
        return RunnerAdvice()
    advice = assessments.selectors.submission_advice(submission)
    return RunnerAdvice(
        answers=advice.answers,
        notices=advice.notices,
        in_why=advice.in_why,
        skip_for=frozenset(key for key, _ in advice.checked),
        checked=advice.checked,
    )


def guide_for_link(link: DownloadLink) -> tuple[GuideContent, RunnerAdvice]:
    """The guide with this runner's plan, and what their result says."""
    if plan_unknown(link):
        return replace(guide_content(link.edition), profiles=()), RunnerAdvice()
    advice = runner_advice(link.submission)
    return guide_for_runner(link.edition, link.profile, advice.skip_for), advice


def guide_for_runner(
    edition: GuideEdition, profile: str, skip_for: Collection[str]
) -> GuideContent:
    """The guide with this result type's plan, without what is left out for these safety items."""
    content = guide_content(edition)
    return content.for_runner(profile, skip_for, dose_words(content.language))


def dose_words(language: str) -> DoseWords:
    with use_language(language):
        return DoseWords(**{word.name: gettext(str(word.default)) for word in fields(DoseWords)})


def plan_unknown(link: DownloadLink) -> bool:
    """Whether nobody can tell any more which exercises to leave out: the runner was cleared, and
    the answers were erased since."""
    return link.cleared and link.submission_id is None
