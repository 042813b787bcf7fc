"""Contacts, their consents, and suppressed addresses."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guides.email_addresses import inbox_hmac


class Contact(models.Model):
    """An email address that asked for something."""

    email = models.EmailField(_("email address"), help_text=_("As it was typed."))
    email_key = models.CharField(max_length=254, unique=True, editable=False)
    inbox_hmac = models.CharField(
        _("inbox"),
        max_length=64,
        db_index=True,
        default="",
        db_default="",
        editable=False,
        help_text="Keyed hash that all addresses of an inbox share.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    note = models.TextField(
        _("private note"),
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "Only people with an account here see it. It's in the copy of their data that a "
            "runner can get, and it's erased with them. Say in your privacy notice that you keep "
            "it."
        ),
    )

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="contact_newest")]
        permissions = [("export_contact", "Can download the confirmed contacts")]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.inbox_hmac = self.inbox_hmac or inbox_hmac(self.email)
        super().save(*args, **kwargs)


class LinkRequest(models.Model):
    """An address typed on a page that's the same for everyone, to get a link again. Whether it has
    one is looked up later by a worker, so that the page's time can't tell. Deleted then.
    """

    guide = models.ForeignKey("guides.Guide", models.CASCADE, related_name="+")
    email = models.EmailField()
    network = models.CharField(max_length=32, help_text="Keyed hash.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("request for a link")
        verbose_name_plural = _("requests for a link")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Request {self.pk}"


class Consent(models.Model):
    """An entry of the append-only consent ledger: contact, purpose, step, wording, and time."""

    class Purpose(models.TextChoices):
        GUIDE = "guide", _("the guide that was asked for")
        FOLLOW_UP = "follow_up", _("a follow-up")
        SECRET = "secret", _("news about the secret")
        SERIES = "series", _("the series")
        CHECK_IN = "check_in", _("weekly check-in emails")

    class Step(models.TextChoices):
        ASKED = "asked", _("asked for it")
        CONFIRMED = "confirmed", _("confirmed it")
        WITHDRAWN = "withdrawn", _("turned it off")

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=16, choices=Purpose)
    step = models.CharField(max_length=16, choices=Step)
    text_version = models.TextField(_("wording"), help_text=_("The words agreed to."))
    page = models.CharField(max_length=64, help_text=_("The page where it was said."))
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("yes or no")
        verbose_name_plural = _("who said yes or no")
        ordering = ["-at", "-pk"]
        # For the admin list. Partial indexes for rare values: most rows only ask for the guide.
        indexes = [
            models.Index(fields=["-at", "-id"], name="consent_newest"),
            models.Index(
                fields=["purpose", "-at", "-id"],
                name="consent_purpose",
                condition=Q(purpose__in=["follow_up", "series", "secret", "check_in"]),
            ),
            models.Index(
                fields=["step", "-at", "-id"],
                name="consent_step",
                condition=Q(step__in=["confirmed", "withdrawn"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.get_purpose_display()}"


class Suppression(models.Model):
    """An address that must get no email, stored only as a keyed hash.

    The hash of an inbox (`inbox_hmac`) holds for all of its addresses. That of an address with a
    plus tag, as bounces and older rows have it, holds for this address alone.
    """

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        ERASED = "erased", _("asked to be erased")
        BOUNCED = "bounced", _("doesn't take email: one bounced for good")
        COMPLAINED = "complained", _("marked an email as spam")

    address_hmac = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=16, choices=Reason)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("address never to email")
        verbose_name_plural = _("addresses never to email")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.address_hmac[:12]}… ({self.get_reason_display()})"
