"""Backups that were made."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

GRACE = timedelta(hours=1)
"""A backup takes a while, and doesn't begin to the minute."""


class Backup(models.Model):
    """A whole archive, noted once it's where it belongs. In the database, so that every host knows
    how old the newest one is."""

    name = models.CharField(_("file"), max_length=100)
    place = models.CharField(_("where it is"), max_length=500)
    made_at = models.DateTimeField(_("as of"))
    size = models.PositiveBigIntegerField(_("size"), help_text="Bytes.")
    seconds = models.PositiveIntegerField(_("took"))

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_late(self) -> bool:
        """Of the newest one: whether the next should be there by now."""
        due = self.made_at + timedelta(hours=settings.BACKUP_EVERY_HOURS) + GRACE
        return timezone.now() > due
