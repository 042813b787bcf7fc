"""What goes of sign-ins and invitations after the time that the PT keeps it
(`assessments.retention`)."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.retention.rules import rows_rule
from runfit.accounts.models import AccountEmail, Attempt, Invitation, SignIn


def sign_ins_old(before: datetime) -> "QuerySet[SignIn]":
    return SignIn.objects.filter(seen_at__lt=before)


def attempts_old(before: datetime) -> "QuerySet[Attempt]":
    return Attempt.objects.filter(at__lt=before)


def invitations_old(before: datetime) -> "QuerySet[Invitation]":
    """Their emails go with them."""
    return Invitation.objects.filter(expires_at__lt=before)


def account_emails_old(before: datetime) -> "QuerySet[AccountEmail]":
    """Of a site whose mail loop never ran: it sends or drops them."""
    return AccountEmail.objects.filter(created_at__lt=before)


RULES = [
    *(
        rows_rule("logs", _("notes of who signed in"), rows, counted=False)
        for rows in (sign_ins_old, attempts_old, invitations_old)
    ),
    rows_rule("mail", _("emails without an address"), account_emails_old, counted=False),
]
