"""Invitations: someone is asked by email to help at the desk, in one of three roles."""

from datetime import timedelta

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from runfit.accounts.models import AccountEmail, Invitation
from runfit.accounts.outbox import account_email_add
from runfit.lib.audit import change_log

LIFE = timedelta(days=7)
MAY_INVITE = "accounts.add_invitation"


class InvitationClosedError(Exception):
    """It was accepted, withdrawn, or sent again, or has expired."""


def invitations_pending() -> QuerySet[Invitation]:
    """Those that wait for an answer, or expired without one."""
    pending = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    return pending.select_related("invited_by").order_by("-pk")


@transaction.atomic
def invitation_send(*, email: str, role: str, by: User, language: str) -> Invitation:
    """The rights are its role's: nobody can give away more than a physical therapist may do."""
    invitation = Invitation.objects.create(
        email=email, role=role, invited_by=by, expires_at=timezone.now() + LIFE
    )
    _email_add(invitation, language)
    change_log(invitation, "invitation", "", role)
    return invitation


@transaction.atomic
def invitation_resend(*, invitation: Invitation, language: str) -> None:
    """Raises InvitationClosedError if it was accepted or withdrawn meanwhile."""
    again = {"sent": F("sent") + 1, "expires_at": timezone.now() + LIFE}
    if not _pending(invitation).update(**again):
        raise InvitationClosedError
    invitation.refresh_from_db()
    _email_add(invitation, language)
    change_log(invitation, "invitation", "", "sent again")


@transaction.atomic
def invitation_withdraw(*, invitation: Invitation) -> None:
    """Raises InvitationClosedError, too."""
    if not _pending(invitation).update(withdrawn_at=timezone.now()):
        raise InvitationClosedError
    change_log(invitation, "invitation", invitation.role, "withdrawn")


@transaction.atomic
def invitation_accept(*, invitation: Invitation, username: str, password: str) -> User:
    """Makes the account. Raises InvitationClosedError if its link was used meanwhile."""
    if not _pending(invitation).filter(sent=invitation.sent).update(accepted_at=timezone.now()):
        raise InvitationClosedError
    user = User.objects.create_user(username, invitation.email, password, is_staff=True)
    user.groups.add(Group.objects.get(name=invitation.role))
    change_log(invitation, "invitation", invitation.role, f"accepted by user {user.pk}")
    return user


def _pending(invitation: Invitation) -> QuerySet[Invitation]:
    return Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)


def _email_add(invitation: Invitation, language: str) -> None:
    AccountEmail.objects.filter(invitation=invitation).delete()  # one that still waits
    account_email_add(
        kind=AccountEmail.Kind.INVITATION,
        address=invitation.email,
        language=language,
        invitation=invitation,
    )
