"""Where the PT's own tools are told what happened."""

import secrets
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from runfit.lib import outgoing
from runfit.lib.audit import Recorded

BOTH_SECRETS = timedelta(hours=24)
"""How long the secret from before stays valid, so that a tool can be given the new one."""


class Event(StrEnum):
    """What happened, as it's posted."""

    CONSENT_GIVEN = "consent.given"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CONTACT_ERASED = "contact.erased"
    GUIDE_REQUESTED = "guide.requested"
    RESULT = "result.created"
    RESULT_WITH_ANSWERS = "result.created_with_answers"
    TEST = "test"


CHOSEN_BY = {
    Event.CONSENT_GIVEN: "consents",
    Event.CONSENT_WITHDRAWN: "consents",
    Event.GUIDE_REQUESTED: "guide_requests",
    Event.RESULT: "results",
    Event.RESULT_WITH_ANSWERS: "answers",
}
"""The field that chooses an event. A tool that was told an address is told once that's erased."""


WITH_THE_ADDRESS = _("With the address. If someone has all of theirs erased, it's told that, too.")


class WebhookEndpoint(Recorded):
    """An address to which chosen events are posted, by Standard Webhooks.

    Its secret isn't stored: it's made of SECRET_KEY and a seed.
    """

    name = models.CharField(max_length=60, help_text=_("For example: My newsletter"))
    address = models.CharField(
        max_length=500,
        help_text=_("Your tool names it. For example: https://hooks.example.org/runfit"),
    )
    consents = models.BooleanField(
        _("yes and no to emails"),
        default=False,
        help_text=WITH_THE_ADDRESS,
    )
    guide_requests = models.BooleanField(
        _("someone asks for the guide"), default=False, help_text=WITH_THE_ADDRESS
    )
    results = models.BooleanField(
        _("someone gets a result"),
        default=False,
        help_text=_(
            "Without a name or an address. Runners are told so on the self-check and under Privacy."
        ),
    )
    answers = models.BooleanField(
        _("with their answers"),
        default=False,
        help_text=_(
            "These are about their health, so only share them with a tool that you'd trust with "
            "that. Runners are told so before they send them. The self-check and Privacy also say "
            "that answers never go to a newsletter tool. Is this one? Change those texts first."
        ),
    )
    is_on = models.BooleanField(_("on"), default=True)
    gone_at = models.DateTimeField(
        _("turned off by itself"),
        null=True,
        blank=True,
        editable=False,
        help_text="It said that it doesn't exist anymore (410).",
    )
    seed = models.CharField("seed of the key", max_length=64, blank=True, editable=False)
    seed_before = models.CharField(
        "seed of the key before", max_length=64, blank=True, editable=False
    )
    seeded_at = models.DateTimeField("key made", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("webhook")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answers=False) | Q(results=True),
                name="webhook_answers_with_results",
                violation_error_message=_("Answers come with a result, so choose results, too."),
            ),
            models.UniqueConstraint(
                fields=["address"],
                name="webhook_address_once",
                violation_error_message=_("There's a webhook with this address already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.address:
            _address_check(self.address)
        if not (self.consents or self.guide_requests or self.results):
            raise ValidationError(_("Choose at least one thing to tell it."))

    def takes(self, event: str) -> bool:
        """Whether it's told of such events. A test is for one that isn't on yet, too."""
        if event == Event.TEST:
            return True
        chosen_by = CHOSEN_BY.get(Event(event))
        return self.is_on and (chosen_by is None or bool(getattr(self, chosen_by)))

    @property
    def host(self) -> str:
        return str(urlsplit(self.address).hostname)

    @property
    def seeds(self) -> list[str]:
        """Of the secrets that are valid, the newest first."""
        is_young = self.seeded_at and self.seeded_at > timezone.now() - BOTH_SECRETS
        return [self.seed, self.seed_before] if self.seed_before and is_young else [self.seed]

    def reseed(self) -> None:
        self.seed, self.seed_before = secrets.token_hex(32), self.seed
        self.seeded_at = timezone.now()


def _address_check(address: str) -> None:
    """By its looks alone: a name is looked up each time that it's posted to."""
    try:
        URLValidator(schemes=["http", "https"])(address)
        url = urlsplit(address)
        host, _port = str(url.hostname), url.port
    except (ValidationError, ValueError) as error:
        message = _("That isn't an address. It looks like https://hooks.example.org/runfit.")
        raise ValidationError({"address": message}) from error
    if url.username is not None:
        raise ValidationError({"address": _("Leave out the name and password before the @.")})
    if outgoing.is_listed(host):
        return
    if url.scheme != "https":
        raise ValidationError({"address": _("It has to start with https://.")})
    if not outgoing.looks_public(host):
        raise ValidationError({"address": _("That's on a private network. It has to be public.")})
