"""Analytics: raw sightings, and the daily counts made from them.

Neither identifies anyone: no row belongs to a person, so there is nothing to erase per person.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.base import KEY_LENGTH

SOURCE_LENGTH = 64
ITEM_LENGTH = 2 * KEY_LENGTH + 1  # a question and one of its choices
COUNTED = "kept"
"""The step of the row that marks a day as counted. Counting a day locks this row."""


class Sight(models.Model):
    """How many times an event was seen on a day. Written in bulk, never changed.

    `edition` has no database constraint, so that counting never fails.
    """

    day = models.DateField(db_index=True, help_text=_("In the time zone of the site."))
    step = models.CharField(max_length=16)
    item = models.CharField(max_length=ITEM_LENGTH, blank=True)
    edition = models.ForeignKey(
        "Edition",
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    source = models.CharField(max_length=SOURCE_LENGTH, blank=True)
    profile = models.CharField(max_length=KEY_LENGTH, blank=True)
    bot = models.BooleanField(default=False)
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.step} {self.item} on {self.day}: {self.number}"


class DayCount(models.Model):
    """A daily count: the total, or by one dimension at a time (`by` and its `value`).

    Written only by `analytics.services`, and can be rebuilt from raw rows at any time.
    """

    day = models.DateField(db_index=True)
    step = models.CharField(max_length=16)
    item = models.CharField(max_length=ITEM_LENGTH, blank=True)
    by = models.CharField(max_length=8, blank=True)
    value = models.CharField(max_length=KEY_LENGTH, blank=True)
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(  # in the order of the queries
                fields=["by", "value", "day", "step", "item"], name="day_count_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.item} on {self.day}: {self.number}"
