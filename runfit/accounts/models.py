"""Tables of accounts: sign-ins, attempts, invitations, and the emails of both."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.permissions import CURATES, GROUP, READS


class SignIn(models.Model):
    """A session of the desk, as its owner sees it. Its session may have expired since."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=80)
    signed_in_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")

    def __str__(self) -> str:
        return self.device


class Attempt(models.Model):
    """One try to get in or to have an email sent. Name and network are keyed hashes."""

    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=32)
    network = models.CharField(max_length=32)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = (
            models.Index(fields=("kind", "name", "at"), name="attempts_of_a_name"),
            models.Index(fields=("kind", "network", "at"), name="attempts_of_a_network"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Role(models.TextChoices):
    """What an assistant may do. The values are the names of groups."""

    READS = READS, _("Reads answers and contacts")
    CURATES = CURATES, _("Writes and publishes the content")
    ALL = GROUP, _("All of it, as a physical therapist does")


class Invitation(models.Model):
    """Someone who was asked to help at the desk. Its link works once, until it expires."""

    email = models.EmailField(_("their email"))
    role = models.CharField(_("what they may do"), max_length=40, choices=Role)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="invitations"
    )
    sent = models.PositiveSmallIntegerField(default=1)  # only the last link works
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_open(self) -> bool:
        is_pending = self.accepted_at is None and self.withdrawn_at is None
        return is_pending and self.expires_at > timezone.now()


class AccountEmail(models.Model):
    """An email about an account that's due. The row goes once it's handed over.

    Someone who forgot the password leaves a row whether or not there's such an account, so that
    the page takes the same time. The worker finds out.
    """

    class Kind(models.TextChoices):
        RESET = "reset"
        INVITATION = "invitation"

    kind = models.CharField(max_length=10, choices=Kind)
    address = models.EmailField()
    invitation = models.ForeignKey(Invitation, models.CASCADE, null=True)
    language = models.CharField(max_length=10)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("email about an account")
        verbose_name_plural = _("emails about accounts")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
