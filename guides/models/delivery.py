"""The email queue, download links, mail events, and the state of the mail server and workers."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from solo.models import SingletonModel

from guides.email_addresses import address_ascii
from guides.models.contacts import Consent, Contact
from guides.models.training import Training
from guides.models.webhooks import WebhookEndpoint
from guides.reasons import reason_line
from guides.states import KIND_WORDS, STATE_WORDS, Kind, State

YOUNG = timedelta(days=3)
WAITS = Q(state=State.QUEUED) | Q(state=State.RETRY)
"""Shared by the partial index and its queries: SQLite uses the index only if both match exactly."""


def message_id_new() -> str:
    return f"<{uuid.uuid4()}@{mail_domain()}>"


def mail_domain() -> str:
    """The domain of the site's sender address, in ASCII."""
    return address_ascii(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2]


class DownloadLink(models.Model):
    """Access to one guide edition for one result type, until it expires or is revoked."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="links")
    submission = models.ForeignKey(
        "assessments.Submission", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    edition = models.ForeignKey(  # link_edition below is its index
        "guides.GuideEdition", models.PROTECT, related_name="links", db_index=False
    )
    profile = models.CharField(_("result type"), max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(_("turned off at"), null=True, blank=True)
    training = models.ForeignKey(
        Training, models.SET_NULL, null=True, blank=True, related_name="links", editable=False
    )
    opened = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Someone uses this address, so no one else can erase what we sent to it.",
    )

    cleared = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="A PT or doctor cleared the runner. Once the answers are erased, nobody can tell "
        "which exercises to leave out, so the link shows no plan.",
    )

    class Meta:
        verbose_name = _("guide link")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["-expires_at", "-id"], name="link_newest"),
            models.Index(fields=["edition", "-expires_at", "-id"], name="link_edition"),
        ]

    def __str__(self) -> str:
        return gettext("Link {number}").format(number=self.pk)

    @property
    def expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def young(self) -> bool:
        """Whether it's a few days old at most: later visits are mostly for training."""
        return self.created_at > timezone.now() - YOUNG


class Delivery(models.Model):
    """An email to send, or something to report to a tool of the PT's. The table is the queue.

    Only `guides.delivery.worker` and `guides.delivery.outbox` change the state, always by one
    conditional UPDATE. No body is stored: each attempt builds the message from the row's relations,
    with the same Message-ID. A request that must send nothing (the address is suppressed, or got
    its guide today) leaves a canceled row, so that its page looks the same.
    """

    Kind = Kind
    State = State

    kind = models.PositiveSmallIntegerField(
        choices=[(kind, _(words)) for kind, words in KIND_WORDS.items()], default=Kind.GUIDE
    )
    number = models.PositiveSmallIntegerField(
        "place in the series",
        default=0,
        db_default=0,
        editable=False,
        help_text="From 1; 0 for other emails.",
    )
    contact = models.ForeignKey(
        Contact, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    submission = models.ForeignKey(
        "assessments.Submission", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    link = models.ForeignKey(DownloadLink, models.SET_NULL, null=True, blank=True, related_name="+")
    consent = models.ForeignKey(
        Consent,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="What the newsletter tool is told, or the yes that a news email rests on.",
    )
    news = models.ForeignKey(  # delivery_news below is its index
        "guides.NewsEmail",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deliveries",
        editable=False,
        db_index=False,
    )
    recall = models.ForeignKey(  # delivery_recall below is its index
        "guides.Recall",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("version that was wrong"),
    )
    endpoint = models.ForeignKey(  # delivery_endpoint below is its index
        WebhookEndpoint,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="deliveries",
        editable=False,
        db_index=False,
        verbose_name=_("webhook"),
    )
    event = models.CharField(
        max_length=32, blank=True, db_default="", editable=False, help_text="Its type."
    )
    erased_email = models.EmailField(
        blank=True,
        editable=False,
        help_text="Of who was erased, only until the PT's tool was told or given up.",
    )
    masked_email = models.CharField(_("address"), max_length=254)
    network = models.CharField(
        max_length=32,
        blank=True,
        editable=False,
        help_text="Keyed hash, for the limit per network.",
    )
    dedupe_key = models.CharField(max_length=200, unique=True, editable=False)
    message_id = models.CharField(max_length=200, unique=True, default=message_id_new)
    state = models.CharField(
        max_length=16,
        choices=[(state, _(words)) for state, words in STATE_WORDS.items()],
        default=State.QUEUED,
    )
    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    strikes = models.PositiveSmallIntegerField(
        default=0, help_text="Tries since the last one that the mail server answered."
    )
    lease_token = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text=_("Why it waits or failed."))

    class Meta:
        verbose_name = _("email")
        ordering = ["-queued_at", "-pk"]
        indexes = [
            models.Index(
                fields=["kind", "due_at"],
                name="delivery_due",
                condition=WAITS,
            ),
            models.Index(
                fields=["lease_until"], name="delivery_leased", condition=Q(state=State.SENDING)
            ),
            models.Index(fields=["network", "queued_at"], name="delivery_network"),
            models.Index(
                fields=["sent_at"], name="delivery_sent", condition=Q(sent_at__isnull=False)
            ),
            models.Index(fields=["-queued_at", "-id"], name="delivery_newest"),
            # Partial indexes for rare values: most rows are guides that were sent.
            models.Index(
                fields=["state", "-queued_at", "-id"],
                name="delivery_not_sent",
                condition=Q(state__in=[State.FAILED, State.CANCELLED]),
            ),
            models.Index(
                fields=["kind", "-queued_at", "-id"],
                name="delivery_kind",
                condition=Q(
                    kind__in=[
                        Kind.FOLLOW_UP,
                        Kind.NEWSLETTER,
                        Kind.SERIES,
                        Kind.NEWS,
                        Kind.RECALL,
                        Kind.WEBHOOK,
                        Kind.CHECK_IN,
                    ]
                ),
            ),
            models.Index(
                fields=["news", "state"], name="delivery_news", condition=Q(news__isnull=False)
            ),
            models.Index(
                fields=["recall", "contact"],
                name="delivery_recall",
                condition=Q(recall__isnull=False),
            ),
            models.Index(
                fields=["endpoint", "-queued_at", "-id"],
                name="delivery_endpoint",
                condition=Q(endpoint__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in State]), name="delivery_state"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SENDING) | Q(lease_until__isnull=False),
                name="delivery_sending_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Email {number}").format(number=self.pk)

    @property
    def trace(self) -> str:
        """The part of its Message-ID that names it in the log, from the page to the mail server."""
        return self.message_id.strip("<>").partition("@")[0]

    @property
    def reason_in_words(self) -> str:
        return reason_line(self.reason)


class MailServer(SingletonModel):
    """The state of the mail server, shared by all workers: the circuit breaker, the rate limit, and
    the hold after a restore.

    Written only by `circuit_breaker`, `rate_limit`, and `hold` in `guides.delivery`. A refusal that
    isn't about a single email opens the breaker; the first accepted email closes it. A restore
    holds all mail, with the statements that put the tables back, until somebody releases it.
    """

    paused_since = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    probed_at = models.DateTimeField("last refusal", null=True, blank=True)
    told_at = models.DateTimeField("last alert", null=True, blank=True)
    next_at = models.DateTimeField("next mail, where their pace is limited", null=True, blank=True)
    held_since = models.DateTimeField("held since the restore", null=True, blank=True)
    restoring = models.BooleanField("restore under way", default=False, db_default=False)

    def __str__(self) -> str:
        return gettext("Mail server")


class Heartbeat(models.Model):
    """When a background process (worker, beat, deliver) last ran.

    Written only by `guides.delivery.heartbeats`.
    """

    name = models.CharField(max_length=16, primary_key=True)
    seen_at = models.DateTimeField(null=True)
    holder = models.CharField(
        _("beat that sends"), max_length=32, blank=True, default="", db_default=""
    )
    told_at = models.DateTimeField("last alert", null=True)

    def __str__(self) -> str:
        return self.name


class MailEvent(models.Model):
    """A webhook event of a mail service about one email, stored once however often it's reported.

    It holds no address, not even a hash, and is deleted with its delivery.
    """

    class Kind(models.TextChoices):
        DELIVERED = "delivered", _("delivered")
        DELAYED = "delayed", _("delayed: the mail service tries again")
        RETURNED = "returned", _("bounced, perhaps only for now")
        BOUNCED = "bounced", _("bounced: this address doesn't take email")
        COMPLAINED = "complained", _("marked as spam by its reader")
        REJECTED = "rejected", _("not sent by the mail service")
        OTHER = "other", _("something else")

    provider = models.CharField(_("mail service"), max_length=32)
    identity = models.CharField(
        max_length=64, editable=False, help_text="Keyed hash that knows the event again."
    )
    kind = models.CharField(_("what became of it"), max_length=16, choices=Kind)
    reason = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField(default=timezone.now)
    delivery = models.ForeignKey(
        Delivery, models.CASCADE, null=True, blank=True, related_name="events"
    )

    class Meta:
        verbose_name = _("what a mail service told us")
        verbose_name_plural = _("what the mail service told us")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "identity"], name="mail_event_once")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
