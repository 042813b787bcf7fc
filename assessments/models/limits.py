"""Counts of requests, for limits."""

from django.db import models


class RequestCount(models.Model):
    """How many requests one source made in a clock hour. The source is a keyed hash.

    Written only by `submissions.request_limits`, and deleted after two hours.
    """

    key = models.CharField(max_length=32)
    hour = models.PositiveIntegerField(db_index=True, help_text="Since 1970.")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "hour"], name="request_count_once")]

    def __str__(self) -> str:
        return f"{self.key[:8]}… in hour {self.hour}: {self.number}"
