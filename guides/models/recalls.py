"""Telling runners that a version was wrong."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Recall(models.Model):
    """One time that a version was marked as wrong. A task queues the emails in batches, from the
    newest link to the oldest; `links_up_to` is how far it got.

    `queued` never falls, so that it tells how many rows were erased with their contacts.
    """

    edition = models.ForeignKey(
        "assessments.Edition",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("version"),
    )
    guide_edition = models.ForeignKey(
        "guides.GuideEdition",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("version of a guide"),
    )
    begun_at = models.DateTimeField(_("marked as wrong"), default=timezone.now)
    links_up_to = models.BigIntegerField(_("links left to look at"))
    queued = models.PositiveIntegerField(_("emails made"), default=0)
    without_address = models.PositiveIntegerField(
        _("results without an address"), null=True, blank=True
    )
    done_at = models.DateTimeField(_("everyone was found"), null=True, blank=True)
    ended_at = models.DateTimeField(_("mark taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("version that was wrong")
        verbose_name_plural = _("versions that were wrong")
        constraints = [
            models.CheckConstraint(
                condition=Q(edition__isnull=True) ^ Q(guide_edition__isnull=True),
                name="recall_of_one_version",
            ),
            models.UniqueConstraint(
                fields=["edition"], condition=Q(ended_at=None), name="recall_of_edition_once"
            ),
            models.UniqueConstraint(
                fields=["guide_edition"], condition=Q(ended_at=None), name="recall_of_guide_once"
            ),
        ]

    def __str__(self) -> str:
        return gettext("Email about {version}").format(version=self.edition or self.guide_edition)
