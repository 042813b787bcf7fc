"""Queries for pages. Live editions and the practice are cached, so a warm page runs no query."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db import Error
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from assessments.definition import Definition
from assessments.emergency_numbers import VARIABLE, emergency_html, fill_emergency
from assessments.models import (
    Assessment,
    Edition,
    Practice,
    Profile,
    SafetyItem,
    SafetyLevel,
    Submission,
)
from assessments.scoring import Result, result_answers, result_notices, score
from runfit.lib.caching import cached, lru_cached
from runfit.lib.json_format.reading import parse_stored

RUNNER = ("pk", "added_to", "retest_of")


@dataclass(frozen=True, kw_only=True)
class SubmissionAdvice:
    """`answers` are questions with their answers, and `notices` extra advice, as on the result;
    those `in_why` stand in the why there.
    `checked` are the safety items that the runner checked, with their words."""

    answers: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
    in_why: tuple[str, ...] = ()
    checked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """One day on which a runner took the check, with the answers that count."""

    day: date
    answers: Submission
    edition: Edition


def edition_live(slug: str) -> Edition | None:
    """The live edition of a self-check. Don't modify it: requests share it."""
    return cached(("live", slug), lambda: _editions().filter(assessment__slug=slug).first())


def edition_get(pk: int) -> Edition | None:
    """The edition with this primary key. Don't modify it: requests share it."""
    return cached(("edition", pk), lambda: _editions().filter(pk=pk).first())


def edition_definition(edition: Edition) -> Definition:
    """The parsed definition of an edition, cached per process."""
    return _definition(edition.pk)


def assessment_default() -> Assessment | None:
    """The self-check on the home page: the one in DEFAULT_CHECK, or else the oldest one.
    None if nothing is published."""
    return cached("default assessment", _default)


def edition_default() -> Edition | None:
    """The edition shown on the home page."""
    assessment = assessment_default()
    return edition_live(assessment.slug) if assessment else None


def translations(edition: Edition) -> dict[str, Edition]:
    """The live editions of the self-checks that say the same, by language in small letters: the
    original comes first. Drafts say what translates what, at once."""
    original = edition.assessment.translation_of_id or edition.assessment_id
    return cached(("translations", original), lambda: _translations(original))


def editions_beside(edition: Edition) -> list[Edition]:
    """The live editions of other self-checks in this one's language, oldest first."""
    return cached(("beside", edition.pk), lambda: _beside(edition))


def assessments_published() -> QuerySet[Assessment]:
    """Published self-checks, oldest first."""
    return Assessment.objects.filter(editions__isnull=False).distinct().order_by("pk")


def assessment_by_slug(slug: str) -> Assessment | None:
    """The draft of a self-check."""
    return Assessment.objects.filter(slug=slug).first()


def profiles() -> QuerySet[Profile]:
    """The result types of all drafts, with their self-checks."""
    return Profile.objects.select_related("assessment")


def safety_items_clearable() -> dict[str, str]:
    """The words of the drafts' safety items that a runner can be cleared from, by key."""
    items = SafetyItem.objects.exclude(level__scores=SafetyLevel.Scores.HIDDEN)
    return {item.key: lead_words(item.text) for item in items.order_by("assessment", "position")}


def submission_by_token(token: str) -> Submission | None:
    """Its edition comes from the cache, and the runner's newest answers from the same query."""
    return _with_cached_edition(_submissions_with_newest().filter(token=token).first())


def submission_of(assessment: Assessment, pk: int) -> Submission | None:
    """These answers, if they were given to this self-check. The edition comes from the cache."""
    submission = Submission.objects.filter(pk=pk, edition__assessment=assessment).first()
    return _with_cached_edition(submission)


def submission_by_key(pk: int) -> Submission | None:
    """Its edition comes from the cache."""
    return _with_cached_edition(Submission.objects.filter(pk=pk).first())


def submission_newest(submission: Submission) -> Submission:
    """The newest answers of the same visit: those with the most checks."""
    added = Submission.objects.filter(added_to=submission.first_pk).select_related("edition")
    return added.order_by("-pk").first() or submission


@cache
def _submissions_with_newest() -> QuerySet[Any]:
    """Submissions with the token of the same visit's newest one, if checks were added. Every
    result page asks this, so the query is made once: it reads nothing until it's filtered."""
    first = Coalesce(OuterRef("added_to"), OuterRef("pk"))
    newest = Submission.objects.filter(added_to=first).order_by("-pk").values("token")[:1]
    return Submission.objects.annotate(newest=Subquery(newest))


def submissions_by_first(pks: Iterable[int]) -> QuerySet[Submission]:
    """These first answers of runners, those that add checks to them, and those that the same
    runners gave when they took the check again."""
    submissions = Submission.objects.select_related("edition__assessment")
    keys = list(pks)
    same_runner = Q(pk__in=keys) | Q(added_to__in=keys) | Q(retest_of__in=keys)
    return submissions.defer("edition__definition").filter(same_runner)


def submission_keys_of_runners(pks: Iterable[int]) -> dict[int, int]:
    """The keys of these submissions and of all others of the same runners, by added checks or by
    taking the check again, each with the key of that runner's first answers."""
    some = Submission.objects.filter(pk__in=list(pks)).order_by()
    return submission_keys_by_first({_runner(*row) for row in some.values_list(*RUNNER)})


def submission_keys_by_first(firsts: Iterable[int]) -> dict[int, int]:
    """The keys of these first answers and of all others of their runners, each with its first."""
    rows = submissions_by_first(firsts).order_by().values_list(*RUNNER)
    return {row[0]: _runner(*row) for row in rows}


def submission_keys_of_visit(submission: Submission) -> set[int]:
    """The keys of these answers and of those that add checks to the same visit. No query if
    `submission_by_token` found no others."""
    if getattr(submission, "newest", submission.token) is None:
        return {submission.pk}
    first = submission.first_pk
    rows = Submission.objects.filter(Q(pk=first) | Q(added_to=first)).order_by()
    return {*rows.values_list("pk", flat=True)}


def _runner(pk: int, added_to: int | None, retest_of: int | None) -> int:
    """As `Submission.runner_pk`."""
    return retest_of or added_to or pk


def visits_of_runner(submission: Submission) -> list[Visit]:
    """The runner's visits with a score that may be shown, oldest first."""
    return visits_of_runners([submission.runner_pk]).get(submission.runner_pk, [])


def visits_of_runners(firsts: Iterable[int]) -> dict[int, list[Visit]]:
    """The visits of the runners with these first answers, by those. Answers of one day are one
    visit, and the newest of them count: a second tab isn't a second visit."""
    began: dict[int, date] = {}
    by_day: dict[tuple[int, date], Submission] = {}
    for row in submissions_by_first(firsts).select_related(None).order_by("pk"):
        day = began.setdefault(row.first_pk, timezone.localdate(row.created_at))
        if not (row.stopped or row.awaits_clearance):
            by_day[row.runner_pk, day] = row
    visits: dict[int, list[Visit]] = {}
    for (runner, day), answers in sorted(by_day.items(), key=itemgetter(0)):
        if edition := edition_get(answers.edition_id):
            visits.setdefault(runner, []).append(Visit(day, answers, edition))
    return visits


def runners_back(start: datetime, end: datetime) -> set[int]:
    """The keys of the first answers of who took the check again in this period."""
    again = Submission.objects.filter(created_at__gte=start, created_at__lt=end, added_to=None)
    firsts = again.exclude(retest_of=None).order_by().values_list("retest_of", flat=True)
    return {first for first in firsts if first}


def definitions_of(assessment: int) -> Iterator[Definition]:
    """The definitions of a self-check's versions, newest first. One that can't be read is left out:
    a system check reports it."""
    for edition in _editions().filter(assessment=assessment):
        try:
            yield edition_definition(edition)
        except ValueError:
            continue


def lead_words(text: str) -> str:
    """The words of a safety item before its colon."""
    return text.partition(":")[0].rstrip(".")


def submission_advice(submission: Submission) -> SubmissionAdvice:
    """What this runner's result says that other pages must repeat or heed. Empty without a result,
    or while it waits for clearance."""
    if submission.stopped or submission.awaits_clearance:
        return SubmissionAdvice()
    definition = edition_definition(submission.edition)
    result = submission_result(submission)
    notices = [
        notice
        for notice in result_notices(definition, result)
        if notice.in_guide and not notice.faq
    ]
    return SubmissionAdvice(
        answers=result_answers(definition, result),
        notices=tuple(notice.text for notice in notices),
        in_why=tuple(notice.text for notice in notices if notice.in_why),
        checked=tuple((item.key, lead_words(item.text)) for item in result.trace.safety),
    )


def submission_result(submission: Submission) -> Result:
    """Score it again with its own edition: the same result as stored, plus the trace."""
    definition = edition_definition(submission.edition)
    return score(definition, submission.answers, submission.safety)


def practice() -> Practice:
    """The practice. The database-outage page needs it too, so this never raises."""
    try:
        return cached("practice", _practice)
    except Error:
        return Practice()


def emergency_text(text: str) -> str:
    """Plain text with the emergency numbers of the practice's country instead of {emergency}, in
    the active language."""
    return fill_emergency(text, practice().country, _language()) if VARIABLE in text else text


def emergency_linked(text: str) -> SafeString:
    """The text as HTML, escaped, with links that a phone dials instead of {emergency}."""
    html = conditional_escape(text)
    if VARIABLE not in html:
        return html
    return mark_safe(html.replace(VARIABLE, emergency_html(practice().country, _language())))


def practice_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `practice`, loaded only if a template uses it."""
    return {"practice": SimpleLazyObject(practice)}


def _language() -> str:
    return get_language() or "en"


def _with_cached_edition(submission: Submission | None) -> Submission | None:
    if submission:
        submission.edition = edition_get(submission.edition_id) or submission.edition
    return submission


def _editions() -> QuerySet[Edition]:
    """Newest first, without the long definition, which `_definition` loads once."""
    return Edition.objects.select_related("assessment").defer("definition").order_by("-number")


@lru_cached(maxsize=64)
def _definition(pk: int) -> Definition:
    text = Edition.objects.values_list("definition", flat=True).get(pk=pk)
    return parse_stored(Definition, text)


def _practice() -> Practice:
    """The saved practice, or an unsaved default that is cached too."""
    return Practice.objects.first() or Practice()


def _translations(original: int) -> dict[str, Edition]:
    family = assessments_published().filter(Q(pk=original) | Q(translation_of=original))
    editions = filter(None, map(edition_live, family.values_list("slug", flat=True)))
    by_language: dict[str, Edition] = {}
    for edition in sorted(editions, key=lambda edition: edition.assessment_id != original):
        by_language.setdefault(edition_definition(edition).language.lower(), edition)
    return by_language


def _beside(edition: Edition) -> list[Edition]:
    original = edition.assessment.translation_of_id or edition.assessment_id
    language = edition_definition(edition).language.lower()
    same = Q(pk=original) | Q(translation_of=original)
    slugs = assessments_published().exclude(same).values_list("slug", flat=True)
    editions = filter(None, map(edition_live, slugs))
    return [each for each in editions if edition_definition(each).language.lower() == language]


def _default() -> Assessment | None:
    published = assessments_published()
    configured = (
        published.filter(slug=settings.DEFAULT_CHECK).first() if settings.DEFAULT_CHECK else None
    )
    return configured or published.first()
