"""Stores, adds to, clears, shares, and erases submissions."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import Any

from django.db import IntegrityError, router
from django.db.models import Q
from django.db.models.constants import OnConflict
from django.utils import timezone
from django.utils.crypto import salted_hmac

from assessments import selectors
from assessments.models import Edition, Submission
from assessments.models.published import SHEET_LINK_LIFE
from assessments.scoring import (
    NONE_TICKED,
    AnswersError,
    Result,
    offered_checks,
    score,
)
from assessments.submissions.erasures import Erased, answers_hmac, erasures_note
from runfit.lib.csv_export import in_batches
from runfit.lib.metrics import ANSWERS
from runfit.lib.models import columns


def submission_new(
    *,
    edition: Edition,
    answers: Mapping[str, object],
    safety: Sequence[str],
    nonce: str,
    source: str = "",
    earlier: Submission | None = None,
) -> Submission:
    """Score a runner's answers, without storing them. Raises AnswersError."""
    result = score(selectors.edition_definition(edition), answers, safety)
    return _scored(
        result,
        edition=edition,
        nonce=nonce,
        source=source,
        retest_of_id=earlier.runner_pk if earlier else None,
    )


def submission_create(**answered: Any) -> Submission:
    """Score and store a runner's answers, in a single INSERT: the arguments of `submission_new`.
    Raises AnswersError, and IntegrityError if the same runner's `earlier` answers were erased
    meanwhile.

    Only valid answers are stored. The same answers with the same nonce are the same submission, so
    a double click stores one row. The returned object has a token but no primary key.
    """
    submission = submission_new(**answered)
    _insert_once(submission)
    return submission


def submission_store(*, submission: Submission, source: str) -> None:
    """Store new answers. If the same runner's earlier answers were erased meanwhile, they're a new
    runner's, who came from `source`."""
    try:
        _insert_once(submission)
    except IntegrityError:
        if not submission.retest_of_id:
            raise
        submission.retest_of_id, submission.source = None, source
        _insert_once(submission)


def submission_add(*, submission: Submission, answers: Mapping[str, object]) -> Submission:
    """Add checks to a result: store new answers of the same runner, with the earlier ones. They
    build on the runner's newest result, whichever is open in this tab. The earlier result stays as
    it is. Raises AnswersError.

    Other answers than to the checks that the result offers are ignored. The same answers give the
    same submission, so a double tap stores one row, and no difference stores none.
    """
    submission = selectors.submission_newest(submission)
    given = {key: answer for key, answer in answers.items() if answer not in (None, "")}
    if given and all(submission.answers.get(key) == answer for key, answer in given.items()):
        return submission
    definition = selectors.edition_definition(submission.edition)
    offered = offered_checks(definition, selectors.submission_result(submission))
    new = {check.key: given[check.key] for check in offered if check.key in given}
    if not new:
        raise AnswersError(f"{check.key}:required" for check in offered if check.key in answers)
    result = score(definition, {**submission.answers, **new}, submission.safety)
    more = _scored(
        result,
        edition=submission.edition,
        nonce=f"added to {submission.first_pk}",
        source=submission.source,
        added_to_id=submission.first_pk,
        retest_of_id=submission.retest_of_id,
    )
    _insert_once(more)
    return more


def submission_clear(*, submission: Submission) -> None:
    """Store that a doctor or PT has cleared the runner. Only the first time counts.

    A level that stops can't be cleared.
    """
    if not submission.awaits_clearance:
        return
    now = timezone.now()
    if Submission.objects.filter(pk=submission.pk, cleared_at=None).update(cleared_at=now):
        submission.cleared_at = now


def sheet_link_make(*, submission: Submission) -> None:
    """Make the link to the visit's sheet for a PT. One that still works stays: a double tap makes
    one link."""
    now = timezone.now()
    over = Q(sheet_link_made_at=None) | Q(sheet_link_made_at__lte=now - SHEET_LINK_LIFE)
    visit = Submission.objects.filter(over, pk=submission.first_pk)
    visit.update(sheet_link_made_at=now)


def sheet_link_end(*, submission: Submission) -> None:
    """End the link to the visit's sheet, at once and for good."""
    Submission.objects.filter(pk=submission.first_pk).update(sheet_link_made_at=None)


def submissions_erase(*, pks: Iterable[int]) -> int:
    """Delete submissions permanently, with all others of the same runners; returns how many. The
    list of erasures names them, for a copy of the database that's restored later."""
    connected = selectors.submission_keys_of_runners(pks)
    tokens = Submission.objects.filter(pk__in=connected).order_by().values_list("token", flat=True)
    erasures_note(what=Erased.ANSWERS, hmacs=map(answers_hmac, tokens))
    return submissions_delete(pks=connected)


def submissions_delete(*, pks: Iterable[int]) -> int:
    """Delete submissions, with those that add to them or retake them; returns how many."""
    _, counts = Submission.objects.filter(pk__in=list(pks)).delete()
    return counts.get(Submission._meta.label, 0)


def submission_tokens() -> Iterator[tuple[int, str, datetime]]:
    """Key, token, and time of all submissions."""
    rows = Submission.objects.values_list("pk", "token", "created_at")
    return chain.from_iterable(in_batches(rows, itemgetter(0)))


def _scored(result: Result, *, nonce: str, edition: Edition, **columns: Any) -> Submission:
    valid = dict(result.answers)
    checked = [item.key for item in result.trace.safety] or [NONE_TICKED]
    return Submission(
        token=_token([edition.pk, nonce, valid, checked]),
        edition=edition,
        answers=valid,
        safety=checked,
        result=result.expect(),
        safety_level=result.safety_level or "",
        profile=result.profile or "",
        total=result.total,
        **columns,
    )


def _insert_once(submission: Submission) -> None:
    """Like bulk_create(ignore_conflicts=True), but without a transaction, which would cost two more
    round trips to the database."""
    manager: Any = Submission._default_manager
    manager._insert(  # noqa: SLF001 - what save() calls
        [submission],
        fields=[field for field in columns(Submission) if not field.primary_key],
        using=router.db_for_write(Submission),
        on_conflict=OnConflict.IGNORE,
    )
    ANSWERS.inc()


def _token(parts: list[object]) -> str:
    """A keyed hash of the edition, nonce, answers, and safety list: 43 URL-safe characters.

    A double click gives the same token, so the same row, without a lookup.
    """
    text = json.dumps(parts, sort_keys=True)
    digest = salted_hmac("assessments.submission", text, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")
