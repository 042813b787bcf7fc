"""What runners did by their plan."""

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guides.content.training import Record, read_record
from guides.models.contacts import Contact


class Training(models.Model):
    """What a runner did, kept with the link because they said so: all of it in one row.

    The links of the same request share it. `record` is JSON as `guides.content.training` reads and
    writes it; it changes only by a conditional UPDATE on the revision, in
    `guides.training.services`. It never leaves for the newsletter tool.
    """

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="trainings")
    record = models.TextField(_("days, sessions, and pain"), editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    words = models.TextField(
        _("what the runner said yes to"), editable=False, help_text="The texts that they read."
    )
    agreed_at = models.DateTimeField(_("yes at"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")

    def __str__(self) -> str:
        return gettext("Training {number}").format(number=self.pk)

    @cached_property
    def parsed(self) -> Record:
        """The record. A page asks for it in many places, and reading it takes a while."""
        return read_record(self.record)
