"""Answers: of one link, of one visit, and of one runner."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.models import Assessment, Edition, Submission
from assessments.scoring import Result, result_answers, result_notices, score
from assessments.selectors.content import edition_definition, edition_get, lead_words

RUNNER = ("pk", "added_to", "retest_of")
WITH_NEWEST = """
    SELECT mine.*, (SELECT token FROM assessments_submission added
        WHERE added.added_to_id = COALESCE(mine.added_to_id, mine.id) ORDER BY added.id DESC LIMIT 1
    ) AS newest FROM assessments_submission mine WHERE token = %s
"""
"""A submission, and the token of its visit's newest one, if checks were added. Every page of a
result asks: Django would take longer to put the query together than the database to answer."""


@dataclass(frozen=True, kw_only=True)
class SubmissionAdvice:
    """`answers` are questions with their answers, and `notices` extra advice, as on the result;
    those `in_why` stand in the why there. `checked` are the safety items that the runner checked,
    with their words."""

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


def submission_by_token(token: str) -> Submission | None:
    """Its edition comes from the cache, and the runner's newest answers from the same query."""
    return _with_cached_edition(next(iter(Submission.objects.raw(WITH_NEWEST, [token])), None))


def submission_stored(submission: Submission) -> QuerySet[Submission]:
    """The row of answers that were stored without reading their key back."""
    return Submission.objects.filter(token=submission.token)


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


def submissions_by_first(pks: Iterable[int]) -> QuerySet[Submission]:
    """These first answers of runners, those that add checks to them, and those that the same
    runners gave when they took the check again."""
    submissions = Submission.objects.select_related("edition__assessment")
    return submissions.defer("edition__definition").filter(pk__in=keys_of_runners(pks))


def keys_of_runners(firsts: Iterable[int]) -> QuerySet[Submission, Any]:
    """For a subquery: these, and all other answers of the same runners. With OR instead of a union,
    PostgreSQL would read a whole table of what belongs to them."""
    keys, answers = list(firsts), Submission.objects.order_by().values("pk")
    others = answers.filter(added_to__in=keys), answers.filter(retest_of__in=keys)
    return answers.filter(pk__in=keys).union(*others)


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


def visits_counted(edition: int) -> int:
    """How many results a version has: added checks are no other result."""
    return Submission.objects.filter(edition=edition, added_to=None).count()


def runners_back(start: datetime, end: datetime) -> set[int]:
    """The keys of the first answers of who took the check again in this period."""
    again = Submission.objects.filter(created_at__gte=start, created_at__lt=end, added_to=None)
    firsts = again.exclude(retest_of=None).order_by().values_list("retest_of", flat=True)
    return {first for first in firsts if first}


def submissions_of_stopped() -> QuerySet[Submission, int]:
    """For a subquery: all answers of runners who took the check again by their own link, and whose
    newest answers stopped it for safety."""
    newer = Submission.objects.filter(retest_of=OuterRef("retest_of"), pk__gt=OuterRef("pk"))
    stopped = Submission.objects.exclude(retest_of=None).filter(profile="")
    firsts = stopped.exclude(Exists(newer)).order_by().values("retest_of")
    same = Q(pk__in=firsts) | Q(added_to__in=firsts) | Q(retest_of__in=firsts)
    return Submission.objects.filter(same).order_by().values_list("pk", flat=True)


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


def _with_cached_edition(submission: Submission | None) -> Submission | None:
    if submission:
        submission.edition = edition_get(submission.edition_id) or submission.edition
    return submission
