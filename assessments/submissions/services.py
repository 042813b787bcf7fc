"""What runners answered."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import router
from django.db.models.constants import OnConflict
from django.utils import timezone
from django.utils.crypto import salted_hmac

from assessments import selectors
from assessments.models import Edition, Submission
from assessments.scoring import NONE_TICKED, score
from runfit.lib.models import columns


def submission_create(
    *,
    edition: Edition,
    answers: Mapping[str, object],
    safety: Sequence[str],
    nonce: str,
    source: str = "",
) -> Submission:
    """Score and store one runner's answers, in one INSERT. Raises AnswersError.

    Only answers that count are kept. The same ones under the same nonce are the same submission,
    so a double click stores nothing twice; the row returned has its token but no number.
    """
    result = score(selectors.edition_definition(edition), answers, safety)
    kept = dict(result.answers)
    ticked = [item.key for item in result.trace.safety] or [NONE_TICKED]
    submission = Submission(
        token=_token([edition.pk, nonce, kept, ticked]),
        edition=edition,
        answers=kept,
        safety=ticked,
        result=result.expect(),
        safety_level=result.safety_level or "",
        profile=result.profile or "",
        total=result.total,
        source=source,
    )
    _insert_once(submission)
    return submission


def submission_clear(*, submission: Submission) -> None:
    """The runner says that a clinician has cleared them. The first time counts.

    Only a level that waits for this can be cleared; one that stops stays.
    """
    if not submission.awaits_clearance:
        return
    now = timezone.now()
    if Submission.objects.filter(pk=submission.pk, cleared_at=None).update(cleared_at=now):
        submission.cleared_at = now


def submissions_erase(*, pks: Iterable[int]) -> int:
    """Erase answers and their results for good; returns how many there were."""
    _, counts = Submission.objects.filter(pk__in=list(pks)).delete()
    return counts.get(Submission._meta.label, 0)


def _insert_once(submission: Submission) -> None:
    """What bulk_create(ignore_conflicts=True) does, without a transaction around the statement:
    that would be two more round trips to the database."""
    manager: Any = Submission._default_manager
    manager._insert(  # noqa: SLF001 - what save() calls
        [submission],
        fields=[field for field in columns(Submission) if not field.primary_key],
        using=router.db_for_write(Submission),
        on_conflict=OnConflict.IGNORE,
    )


def _token(parts: list[object]) -> str:
    """A keyed hash of the form token, answers, and safety list: 43 characters that suit an address,
    and that nobody can guess.

    A double click gives the same token, and so the same row, without a lookup; changed answers
    give another.
    """
    text = json.dumps(parts, sort_keys=True)
    digest = salted_hmac("assessments.submission", text, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")
