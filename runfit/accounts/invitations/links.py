"""Links of invitations: signed, and only the last one that was sent works."""

from django.core.signing import BadSignature, Signer

from runfit.accounts.models import Invitation

SIGNER = Signer(salt="accounts.invitation")


def invitation_token(invitation: Invitation) -> str:
    return SIGNER.sign(f"{invitation.pk}.{invitation.sent}")


def invitation_of(token: str) -> Invitation | None:
    """The invitation of a link, while it's open."""
    try:
        pk, _, sent = SIGNER.unsign(token).partition(".")
    except BadSignature:
        return None
    invitation = Invitation.objects.filter(pk=int(pk), sent=int(sent)).first()
    return invitation if invitation is not None and invitation.is_open else None
