"""Generates posts and stored submissions of thousands of runners."""

import secrets
import time
from collections.abc import Iterator
from urllib.parse import urlencode

from django.core import signing
from django.db import connection
from django.http import HttpRequest
from django.middleware.csrf import get_token

from assessments import selectors
from assessments.models import Edition, Submission
from assessments.runner import form_token
from assessments.submissions.services import submission_create

SLUG = "tight-hips"
ANSWERS: dict[str, object] = {
    "duration": "3to12m",
    "pattern": "most_days",
    "load_change": "no",
    "worst_pain": 2,
    "hamstring_feel": "most_days",
    "reach": "knee",
    "strength_days": "none",
    "relief": "few_hours",
}
OPENED_AGO = 60.0  # seconds
AT_ONCE = 5000

_visit = HttpRequest()
CSRF = {"csrfmiddlewaretoken": get_token(_visit)}
COOKIE = {"Cookie": f"csrftoken={_visit.META['CSRF_COOKIE']}"}


def submissions(edition: Edition, answers: dict[str, object]) -> Iterator[str]:
    """Completed self-check forms, each opened a minute ago."""
    given = urlencode({**CSRF, "safety": "none", **answers})
    while True:
        opened = [edition.pk, secrets.token_urlsafe(12), time.time() - OPENED_AGO]
        yield f"{given}&form_token={signing.dumps(opened, salt=form_token.SALT)}"


def guide_requests(edition: Edition) -> Iterator[tuple[str, str]]:
    """Guide requests, each from a new runner whose answers are stored."""
    form = urlencode(CSRF)
    while True:
        for token in copies(submission(edition, ANSWERS), AT_ONCE):
            yield f"/result/{token}/guide/", f"{form}&email={token}%40example.org"


def submission(edition: Edition, answers: dict[str, object]) -> Submission:
    nonce = secrets.token_urlsafe(12)
    made = submission_create(edition=edition, answers=answers, safety=["none"], nonce=nonce)
    return Submission.objects.get(token=made.token)


def copies(one: Submission, number: int) -> list[str]:
    """Insert copies of a submission. Returns their tokens."""
    copied = [
        field.column for field in Submission._meta.fields if field.column not in ("id", "token")
    ]
    names = ", ".join(copied)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO assessments_submission (token, {names}) "
            f"SELECT replace(gen_random_uuid()::text, '-', ''), {names} "
            "FROM assessments_submission, generate_series(1, %s) WHERE id = %s RETURNING token",
            [number, one.pk],
        )
        return [token for (token,) in cursor.fetchall()]


def live(slug: str = SLUG) -> Edition:
    edition = selectors.edition_live(slug)
    assert edition
    return edition
