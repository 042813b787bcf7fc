"""Emails about accounts: rows that every drain of the mail queue looks after.

A row for a forgotten password stands for an address that someone typed, not for an account: who has
one is found out here, where nobody waits for an answer.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext

from assessments.selectors import practice
from guides.delivery import notices, outbox
from runfit.accounts.invitations.links import invitation_token
from runfit.accounts.models import AccountEmail, Invitation
from runfit.lib.translation import use_language

LEASE = timedelta(minutes=2)
RETRY_AFTER = timedelta(minutes=1)
LIFE = {
    AccountEmail.Kind.RESET: timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
    AccountEmail.Kind.INVITATION: timedelta(days=2),
}
AT_ONCE = 20

logger = logging.getLogger(__name__)


def account_email_add(
    *,
    kind: AccountEmail.Kind,
    address: str,
    language: str,
    invitation: Invitation | None = None,
) -> None:
    AccountEmail.objects.create(
        kind=kind, address=address, language=language, invitation=invitation
    )
    transaction.on_commit(outbox.hint, robust=True)


def account_emails_send() -> None:
    """Sends what's due. Each row is claimed by moving its time, so that two workers don't both."""
    now = timezone.now()
    for row in AccountEmail.objects.filter(due_at__lte=now).order_by("due_at", "pk")[:AT_ONCE]:
        claim = AccountEmail.objects.filter(pk=row.pk, due_at=row.due_at)
        if claim.update(due_at=timezone.now() + LEASE):
            _send(row)


def _send(row: AccountEmail) -> None:
    """A row goes once its emails are handed over or refused, or nobody waits for them anymore."""
    faults = []
    if timezone.now() - row.created_at < LIFE[AccountEmail.Kind(row.kind)]:
        with use_language(row.language):
            faults = [notices.notice_send(message) for message in _messages(row)]
    if any(fault is not None and fault.kind != "refused" for fault in faults):
        AccountEmail.objects.filter(pk=row.pk).update(due_at=timezone.now() + RETRY_AFTER)
    else:
        row.delete()


def _messages(row: AccountEmail) -> Iterator[EmailMessage]:
    if row.kind == AccountEmail.Kind.RESET:
        for user in accounts_with(row.address):
            yield _reset_email(user)
    elif row.invitation is not None and row.invitation.is_open:
        yield _invitation_email(row.invitation)


def accounts_with(address: str) -> list[User]:
    """Those that may sign in. Compared as the owner would: some letters only look alike."""
    found = User.objects.filter(email__iexact=address, is_active=True, is_staff=True)
    return [user for user in found if user.email.casefold() == address.casefold()]


def _reset_email(user: User) -> EmailMessage:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    path = reverse("accounts:reset_confirm", args=[uid, token])
    context = {"name": user.get_username(), "button_url": f"{settings.SITE_URL}{path}"}
    return _email("account_reset", gettext("A new password for the desk"), user.email, context)


def _invitation_email(invitation: Invitation) -> EmailMessage:
    path = reverse("accounts:invitation_accept", args=[invitation_token(invitation)])
    context = {
        "inviter": invitation.invited_by.get_username() if invitation.invited_by else "",
        "role": invitation.get_role_display(),
        "day": timezone.localdate(invitation.expires_at),
        "button_url": f"{settings.SITE_URL}{path}",
    }
    subject = gettext("Your invitation to the desk of {practice}").format(practice=practice().name)
    return _email("account_invitation", subject, invitation.email, context)


def _email(template: str, subject: str, to: str, context: Mapping[str, object]) -> EmailMessage:
    text = render_to_string(f"emails/{template}.txt", {**context, "practice": practice().name})
    return notices.notice_email(subject=subject, text=text, to=to)
