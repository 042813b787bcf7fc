"""How often what happened: raw sights, and the counts per day that are made of them.

Neither says who. There is no row for a person in them, so nothing of one person can be erased.
"""

from django.db import models

from assessments.models.base import KEY_LENGTH

SOURCE_LENGTH = 64
ITEM_LENGTH = 2 * KEY_LENGTH + 1  # a question and one of its choices
KEPT = "kept"
"""The step of the row that marks a day as counted; whoever counts the day locks it."""


class Sight(models.Model):
    """Something was seen to happen on a day, so many times. Written in bulk, never changed.

    Its version has no constraint: a count must never fail for what it counts.
    """

    day = models.DateField(db_index=True, help_text="In the time zone of the site.")
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
    """What came of a day: in all, or by one thing at a time (`by` and its `value`).

    Made from raw rows by `services.counts_update` alone, and made anew at any time.
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
            models.UniqueConstraint(  # in the order in which it is asked
                fields=["by", "value", "day", "step", "item"], name="day_count_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.item} on {self.day}: {self.number}"
