"""What a runner's result says, for the guide behind their link, and how far they got with it."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext

import assessments.selectors
from assessments.hooks import Between, PlanBlock, SessionsDone
from guides.content import BlockContent, DoseWords, GuideContent, PlanContent, RunnerAdvice
from guides.content.training import Record, SessionCount, blocks_lived, planned_and_done
from guides.models import DownloadLink, GuideEdition
from guides.selectors.content import guide_content, guide_edition
from guides.selectors.recalls import stops_now
from runfit.lib.translation import use_language

if TYPE_CHECKING:
    from assessments.models import Submission

logger = logging.getLogger(__name__)


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
    """The guide with this runner's plan, and what their result says. No plan if nobody can tell
    what to leave out, or if today's version stops these answers."""
    if plan_unknown(link) or stops_now(link):
        return replace(guide_content(link.edition), profiles=()), RunnerAdvice()
    advice = runner_advice(link.submission)
    return guide_for_runner(link.edition, link.profile, advice.skip_for), advice


def plans_of(link: DownloadLink, content: GuideContent) -> dict[str, PlanContent]:
    """The runner's plans by result type, in order: their own, and those that come after it. Stages
    can only be about these. `content` is the link's, from `guide_for_link`."""
    return {profile.key: profile.plan for profile in content.profiles_from(link.profile)}


def guide_for_runner(
    edition: GuideEdition, profile: str, skip_for: Collection[str]
) -> GuideContent:
    """The guide with this result type's plan, without what is left out for these safety items."""
    content = guide_content(edition)
    return content.for_runner(profile, skip_for, dose_words(content.language))


def dose_words(language: str) -> DoseWords:
    with use_language(language):
        return DoseWords(**{word.name: gettext(str(word.default)) for word in fields(DoseWords)})


def links_of_runners(runners: Iterable[int]) -> QuerySet[DownloadLink]:
    """The links to guides for all answers of runners, who are named by the keys of their very first
    answers."""
    answers = assessments.selectors.keys_of_runners(runners)
    return DownloadLink.objects.filter(submission__in=answers)


def links_of_runner(runner: int) -> QuerySet[DownloadLink]:
    return links_of_runners([runner])


def plan_blocks(submission: "Submission") -> Iterator[PlanBlock]:
    """The blocks of the runner's plans, by day, as far as their training is kept. Otherwise a plan
    begins with the first link to it, which may have been replaced since. It ends where the next one
    begins."""
    links = links_of_runner(submission.runner_pk).select_related("training")
    by_plan = {
        link.training_id or (link.edition_id, link.profile): link
        for link in links.order_by("-created_at", "-pk")
    }
    plans = sorted(by_plan.values(), key=attrgetter("created_at"))
    starts = [localdate(link.created_at) for link in plans]
    next_starts = [*starts[1:], date.max]  # one too many without any plan
    for link, start, next_start in zip(plans, starts, next_starts, strict=False):
        for begins, over, block in _blocks_of(link, start):
            first, last = block.weeks
            ends = min(over, next_start)
            if begins < ends:
                weeks = f"{first}" if first == last else f"{first}-{last}"
                yield PlanBlock(begins, ends, weeks, block.goal)


def _blocks_of(link: DownloadLink, start: date) -> Iterator[tuple[date, date, BlockContent]]:
    plans = plans_of(link, guide_content(guide_edition(link.edition_id)))
    record = link.training.parsed if link.training else Record()
    if lived := [*blocks_lived(record, plans)]:
        yield from lived
        return
    plan = plans.get(link.profile)
    for block in plan.blocks if plan else ():
        first, last = block.weeks
        yield start + timedelta(weeks=first - 1), start + timedelta(weeks=last), block


def sessions_done(visits: Sequence[Between]) -> Iterator[tuple[Between, SessionsDone]]:
    """The sessions of each of the runners' plans between visits: those planned, and those done. One
    query; nothing about who keeps no training with a link, or had no plan then."""
    links = links_of_runners({each.runner for each in visits}).exclude(training=None)
    by_runner: dict[int, dict[int | None, DownloadLink]] = defaultdict(dict)
    for link in links.select_related("training", "submission").order_by("pk"):
        if link.submission:
            by_runner[link.submission.runner_pk][link.training_id] = link
    for each in visits:
        for link in by_runner[each.runner].values():
            if count := sessions_of_link(link, each.since, each.until):
                yield each, SessionsDone(count.done, count.planned, count.enough)


def sessions_of_link(link: DownloadLink, since: date, until: date) -> SessionCount | None:
    """The sessions of the runner's plan in these days. None if nobody knows, or without a plan
    then. No query beyond the link, its training, and its answers. A record that can't be read is
    logged, so that the others in an export or a count come through."""
    link.edition = guide_edition(link.edition_id)
    if link.submission:
        edition = assessments.selectors.edition_get(link.submission.edition_id)
        link.submission.edition = edition or link.submission.edition
    plans = plans_of(link, guide_for_link(link)[0])
    if not plans or link.training is None:
        return None
    try:
        count = planned_and_done(link.training.parsed, plans, since, until)
    except (ValueError, ArithmeticError):
        logger.exception("Training %s can't be read, so it isn't counted.", link.training.pk)
        return None
    return count if count.planned else None


def plan_unknown(link: DownloadLink) -> bool:
    """Whether nobody can tell any more which exercises to leave out: the runner was cleared, and
    the answers were erased since."""
    return link.cleared and link.submission_id is None
