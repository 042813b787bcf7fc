"""Emails to everyone who asked to hear news first."""

from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guides.content import LINE_LENGTH
from guides.models.emails import EmailWords, in_brackets

GOING_OUT = Q(confirmed_at__isnull=False, stopped_at=None, queued_up_to__lt=F("last_consent"))
"""Confirmed, with readers who aren't in the queue of emails yet."""


class NewsEmail(EmailWords):
    """One email to everyone whose yes to news allows it: who said yes to one of these `wordings`
    and hasn't had an email for that yes. Once confirmed, it never changes.

    Its readers are queued in batches, in the order of their consents: `queued_up_to` is the last
    one looked at, and `last_consent` was the newest one at its confirmation.
    """

    variables = ("practice",)

    subject = models.CharField(
        max_length=LINE_LENGTH,
        help_text=_("Don't mention health: other people may see it. For example: It's ready"),
    )
    body = models.TextField(
        help_text=format_lazy(
            _(
                "One paragraph per line. You can use {variables}. The email says by itself why "
                "they get it, and how to unsubscribe."
            ),
            variables=in_brackets(["practice"]),
        )
    )
    button = models.CharField(
        max_length=LINE_LENGTH,
        blank=True,
        help_text=_("For example: See it. Leave it empty for an email without a button."),
    )
    link = models.URLField(
        _("where the button leads"),
        max_length=500,
        blank=True,
        help_text=_("For example: https://example.org/my-news"),
    )
    language = models.CharField(
        max_length=16, help_text=_("The language you write it in. What we add is in it, too.")
    )
    wordings = models.JSONField(
        _("who gets it"), default=list, help_text=_("Whoever said yes to these words.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    tested = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Fingerprint of the words last tested."
    )
    confirmed_at = models.DateTimeField(_("sent"), null=True, editable=False)
    stopped_at = models.DateTimeField(_("stopped"), null=True, editable=False)
    last_consent = models.PositiveBigIntegerField(null=True, editable=False)
    queued_up_to = models.PositiveBigIntegerField(default=0, editable=False)
    queued = models.PositiveIntegerField(
        default=0, editable=False, help_text="How many readers are in the queue: sets the pace."
    )

    class Meta:
        verbose_name = _("news email")
        verbose_name_plural = _("news emails")
        ordering = ["-created_at"]
        permissions = [("send_newsemail", "Can send news emails")]

    def __str__(self) -> str:
        return self.subject

    def clean(self) -> None:
        super().clean()
        if bool(self.button) != bool(self.link):
            missing = "link" if self.button else "button"
            message = gettext("A button needs its words and where it leads, or leave out both.")
            raise ValidationError({missing: message})

    @property
    def is_draft(self) -> bool:
        return self.confirmed_at is None

    @property
    def is_tested(self) -> bool:
        return self.tested == self.fingerprint

    @property
    def fingerprint(self) -> str:
        return sha256("\0".join(self.words).encode()).hexdigest()

    @property
    def words(self) -> list[str]:
        """All that decides how it reads."""
        return [getattr(self, name) for name in (*self.texts, "link", "language")]
