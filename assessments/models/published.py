"""Immutable published editions, and the answers of runners."""

from datetime import date, datetime, timedelta

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.models.counting import SOURCE_LENGTH
from runfit.lib.models import Snapshot

SHEET_LINK_LIFE = timedelta(days=14)


class Edition(Snapshot):
    """A published snapshot of an assessment. Pages, scoring, and old result links read only these.

    The live edition is the one with the highest number.
    """

    assessment = models.ForeignKey(
        "Assessment", models.PROTECT, related_name="editions", verbose_name=_("self-check")
    )
    definition = models.TextField(
        help_text=_("Canonical JSON, exactly the bytes that were hashed.")
    )

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions of self-checks")
        permissions = [("recall_edition", "Can mark a version as wrong")]
        ordering = ["assessment", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "number"], name="edition_number_unique"),
        ]

    def __str__(self) -> str:
        return gettext("{self_check}, version {number}").format(
            self_check=self.assessment, number=self.number
        )


class Submission(models.Model):
    """A runner's answers to an edition, with the result.

    `result` holds the output of scoring (the `expect` object of the worked examples); other columns
    repeat parts of it for list filters. The trace isn't stored: pages score again to show it.
    """

    token = models.CharField(max_length=43, unique=True, editable=False)
    edition = models.ForeignKey(  # the index is submission_edition below
        Edition,
        models.PROTECT,
        related_name="submissions",
        verbose_name=_("version"),
        db_index=False,
    )
    answers = models.JSONField()
    safety = models.JSONField()
    result = models.JSONField()
    safety_level = models.CharField(max_length=64, blank=True)
    profile = models.CharField(_("result type"), max_length=64, blank=True)
    total = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(
        _("came from"), max_length=SOURCE_LENGTH, blank=True, help_text=_("utm_source of the link.")
    )
    cleared_at = models.DateTimeField(_("cleared by a PT or doctor at"), null=True, blank=True)
    sheet_link_made_at = models.DateTimeField(_("link for a PT made at"), null=True, blank=True)
    added_to = models.ForeignKey(  # the index is submission_added_to below
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="additions",
        verbose_name=_("adds checks to"),
        db_index=False,
        help_text=_("The first answers of the same runner, who did more checks on the result."),
    )
    retest_of = models.ForeignKey(  # the index is submission_retest_of below
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="retests",
        verbose_name=_("retakes"),
        db_index=False,
        help_text=_("The very first answers of the same runner, who took the check again later."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("answers")
        permissions = [("export_submission", "Can download all answers")]
        ordering = ["-created_at"]
        # For the admin list and its filters, in list order.
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="submission_newest"),
            models.Index(fields=["edition", "-created_at", "-id"], name="submission_edition"),
            models.Index(fields=["profile", "-created_at", "-id"], name="submission_profile"),
            models.Index(fields=["safety_level", "-created_at", "-id"], name="submission_safety"),
            models.Index(
                fields=["added_to"],
                condition=models.Q(added_to__isnull=False),
                name="submission_added_to",
            ),
            models.Index(
                fields=["retest_of"],
                condition=models.Q(retest_of__isnull=False),
                name="submission_retest_of",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Answers {number}").format(number=self.pk)

    def get_absolute_url(self) -> str:
        return reverse("assessments:result", args=[self.token])

    @property
    def first_pk(self) -> int:
        """The key of this visit's first answers: of these, or of those that they add checks to."""
        return self.added_to_id or self.pk

    @property
    def runner_pk(self) -> int:
        """The key of the very first answers of this runner, who may have taken the check again."""
        return self.retest_of_id or self.first_pk

    @property
    def day(self) -> date:
        """The day of the visit: added checks belong to that of its first answers."""
        return timezone.localdate((self.added_to or self).created_at)

    @property
    def sheet_link_ends_at(self) -> datetime | None:
        """When the link to the sheet for a PT ends. None if there's no link, or it's over. It
        belongs to the visit, so its first answers hold it."""
        ends = self.sheet_link_made_at and self.sheet_link_made_at + SHEET_LINK_LIFE
        return ends if ends and ends > timezone.now() else None

    @property
    def superseded(self) -> bool:
        """Whether the runner has newer answers with more checks. `newest` is their token, if the
        query that read these looked for it."""
        return getattr(self, "newest", None) not in {None, self.token}

    @property
    def stopped(self) -> bool:
        """A safety level ended the self-check: there is no score."""
        return self.result["dimensions"] is None

    @property
    def awaits_clearance(self) -> bool:
        """The result is hidden until the runner confirms that a doctor or PT cleared them."""
        return bool(self.safety_level) and not self.stopped and self.cleared_at is None
