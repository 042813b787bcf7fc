"""Signed links to take the check again and to the sheet for a PT, and the signer of every link.

A link to take the check again carries the earlier answers, so nobody can pair answers that aren't
theirs. A link to the sheet carries the visit and when it was made: nobody can guess the result's
own link from it.
"""

from base64 import b32encode
from datetime import UTC
from typing import Any

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import salted_hmac

from assessments import selectors
from assessments.models import Assessment, Submission

SIGNATURE_BYTES = 20  # 160 bits: 32 characters


class LinkSigner(Signer):
    """A signer that uses lowercase base32: signatures survive changes of case, and programs that
    turn text into links don't drop the last character, as some do with - and _. Still accepts
    base64 signatures from earlier emails. A result's token stays base64, since it's in no email."""

    def __init__(self, salt: str) -> None:
        super().__init__(salt=salt, sep=".")
        self._base64 = Signer(salt=salt, sep=".")
        self._purpose = f"{salt}signer"

    def signature(self, value: str | bytes, key: Any = None) -> str:
        signed = salted_hmac(
            self._purpose, value, key or self.key, algorithm=self.algorithm
        ).digest()
        return b32encode(signed[:SIGNATURE_BYTES]).decode("ascii").lower()

    def unsign(self, signed_value: str) -> str:
        try:
            return super().unsign(signed_value.lower())
        except BadSignature:
            return self._base64.unsign(signed_value)

    def primary_key(self, token: str) -> int | None:
        """The signed primary key; None if the token is invalid."""
        try:
            return int(self.unsign(token))
        except BadSignature:
            return None


RETEST = LinkSigner("assessments.links.retest")
SHEET = LinkSigner("assessments.links.sheet")
PARAMETER = "retest"
SAFETY = "safety"
"""Beside it: the link leads to the safety list, which never has to wait."""


def retest_path(submission: Submission, *, to: str = "assessments:check") -> str:
    """The path of the self-check that compares with these answers afterwards. Without a score
    there's nothing to compare, so a safety stop leads to the check alone."""
    path = reverse(to, args=[submission.edition.assessment.slug])
    if submission.pk is None or submission.stopped:
        return path
    return f"{path}?{PARAMETER}={RETEST.sign(str(submission.first_pk))}"


def safety_path(submission: Submission) -> str:
    """The path of the self-check, which begins with the safety list, at any time. What's checked
    there is the same runner's."""
    path = retest_path(submission)
    return f"{path}&{SAFETY}=now" if "?" in path else path


def correction_path(submission: Submission) -> str:
    """The path of the self-check on which these answers can be corrected: of the same runner."""
    path = reverse("assessments:check", args=[submission.edition.assessment.slug])
    first = submission.retest_of_id
    return f"{path}?{PARAMETER}={RETEST.sign(str(first))}" if first else path


def retest_earlier(token: str, assessment: Assessment) -> Submission | None:
    """The newest answers of the visit that the link carries. None if the link is forged or cut
    off, belongs to another self-check, or its answers were erased or have no score."""
    pk = RETEST.primary_key(token)
    first = selectors.submission_of(assessment, pk) if pk else None
    earlier = selectors.submission_newest(first) if first else None
    return None if earlier is None or earlier.stopped else earlier


def sheet_token(visit: Submission) -> str:
    """Of the link that the first answers of the visit hold."""
    return SHEET.sign(_sheet_value(visit))


def sheet_is_signed(token: str) -> bool:
    """Whether the link was ever made, even if it's over."""
    return _sheet_unsigned(token) is not None


def sheet_visit(token: str) -> Submission | None:
    """The first answers of the visit that the link is about, even if it's over. None if the link is
    forged, or the answers were erased."""
    value = _sheet_unsigned(token)
    return selectors.submission_by_key(int(value.partition("-")[0])) if value else None


def sheet_link_works(visit: Submission, token: str) -> bool:
    """Whether the link hasn't ended, and no newer one replaced it."""
    return bool(visit.sheet_link_ends_at) and _sheet_unsigned(token) == _sheet_value(visit)


def _sheet_unsigned(token: str) -> str | None:
    try:
        return SHEET.unsign(token)
    except BadSignature:
        return None


def _sheet_value(visit: Submission) -> str:
    made = visit.sheet_link_made_at
    return f"{visit.pk}-{made.astimezone(UTC):%Y%m%d%H%M%S%f}" if made else ""
