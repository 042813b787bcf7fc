"""Draft guides and their immutable, published editions."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guides.content import (
    LINE_LENGTH,
    TEXT_LENGTH,
)
from guides.models.base import Worded, new_key
from guides.models.emails import check_links
from guides.models.library import Phase
from runfit.lib.models import Snapshot
from runfit.lib.uploads import UploadField

PARAGRAPHS = _("One paragraph per line.")


class Guide(Worded):
    """A draft guide. Runners see only its published editions."""

    slug = models.SlugField(max_length=64, unique=True, editable=False)
    title = models.CharField(
        max_length=LINE_LENGTH, help_text=_("For example: The strength guide for tight hips")
    )
    language = models.CharField(
        max_length=3,
        default="en",
        validators=[RegexValidator("^[a-z]{2,3}$", _("Two or three small letters, such as en."))],
        help_text=_("The language it's written in."),
    )
    assessment = models.ForeignKey(
        "assessments.Assessment",
        models.PROTECT,
        related_name="guides",
        verbose_name=_("self-check"),
        help_text=_("Whose results offer this guide."),
    )
    introduction = models.TextField(help_text=PARAGRAPHS)
    evidence_known = models.TextField(_("what studies found"), help_text=PARAGRAPHS)
    evidence_limits = models.TextField(_("what they don't show"), help_text=PARAGRAPHS)
    see_someone = models.TextField(
        _("when to see someone"),
        help_text=_(
            "One per line. A line that ends with a colon leads the lines below it. {emergency} "
            "becomes the emergency number."
        ),
    )
    disclaimer = models.TextField(max_length=TEXT_LENGTH)
    secret_title = models.CharField(_("title of the secret"), max_length=LINE_LENGTH)
    secret_text = models.TextField(
        _("the secret"),
        max_length=TEXT_LENGTH,
        help_text=_("What you're working on, in your own voice."),
    )
    secret_invitation = models.TextField(
        _("invitation to hear first"),
        max_length=TEXT_LENGTH,
        help_text=_(
            "Shown next to the button “Tell me first”. Anyone who taps it agrees to these words."
        ),
    )
    upload = UploadField(
        _("your own PDF"),
        upload_to="guides/uploads/",
        blank=True,
        help_text=_("Replaces the guide that RunFit builds, for every result type."),
    )

    translation_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="translations",
        verbose_name="translates",
    )
    translated_from = models.JSONField(
        null=True,
        editable=False,
        help_text="The words that each text was translated from. Nothing: it has its own plans.",
    )
    library_words = models.JSONField(
        default=dict,
        editable=False,
        help_text="Its words for the plans, exercises, and rules of the guide that it translates.",
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def follows(self) -> "Guide | None":
        """The guide that it translates, whose plans and exercises it has."""
        return None if self.translated_from is None else self.translation_of

    @property
    def planned_for(self) -> int:
        """The self-check whose plans it has."""
        return (self.follows or self).assessment_id

    def clean(self) -> None:
        super().clean()
        check_links("secret_text", self.secret_text)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            taken = set(Guide.objects.values_list("slug", flat=True))
            self.slug = new_key(self.title, taken=taken, fallback="guide")
        super().save(*args, **kwargs)


class LoadedContent(models.Model):
    """A content file that was loaded once, and what the draft took from the default content since.

    Startup never loads it again, whatever the PT renamed, deleted, or copied since, so deleted
    content doesn't come back and startup doesn't fail. The desk offers a new edition that comes in
    a later release.
    """

    name = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField(auto_now_add=True)
    taken = models.CharField(
        max_length=64,
        blank=True,
        help_text="Fingerprint of the default content's file that the draft took as a whole. Blank "
        "for files of other content.",
    )
    declined = models.CharField(
        max_length=64, blank=True, help_text="Fingerprint of the one that the PT put away."
    )
    # Texts of JSON, since PostgreSQL's own doesn't keep the order of keys.
    base = models.TextField(
        blank=True,
        help_text="What the draft took from the default content, as file data. Blank if not known.",
    )

    def __str__(self) -> str:
        return self.name


class TakeOver(models.Model):
    """The last time that the drafts took over default content, and what they were before."""

    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=200)
    parts = models.TextField(help_text="What was taken over, in words.")
    before = models.TextField(help_text="The drafts before, as file data.")

    def __str__(self) -> str:
        return gettext("Taken over by {who}").format(who=self.by)


class GuidePhase(Worded):
    """One of the three phases of a guide, with its image in the cake metaphor."""

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="phases")
    number = models.PositiveSmallIntegerField(_("phase"), choices=Phase)
    title = models.CharField(
        max_length=LINE_LENGTH, help_text=_("For example: Activate the glutes")
    )
    picture = models.CharField(max_length=LINE_LENGTH, help_text=_("For example: The frosting"))
    text = models.TextField(max_length=TEXT_LENGTH)

    class Meta:
        verbose_name = _("phase")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["guide", "number"], name="guide_phase_unique"),
            models.CheckConstraint(condition=Q(number__in=Phase.values), name="guide_phase_number"),
        ]

    def __str__(self) -> str:
        return self.title


class Reference(Worded):
    """A source in the guide's list of references."""

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="references")
    text = models.TextField(
        _("source"), max_length=TEXT_LENGTH, help_text=_("Who, what, where, when, in one line.")
    )
    url = models.URLField(_("address"), max_length=500, blank=True)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text


class GuideEdition(Snapshot):
    """A published snapshot of a guide with its plans and exercises."""

    guide = models.ForeignKey(Guide, models.PROTECT, related_name="editions")
    content = models.TextField(help_text="Canonical JSON, exactly the bytes that were hashed.")
    upload = models.FileField(_("the PT's own PDF"), blank=True, max_length=200)
    upload_mark = models.CharField(
        max_length=100, blank=True, editable=False, help_text="Its length and hash."
    )

    class Meta:
        verbose_name = _("version of a guide")
        verbose_name_plural = _("versions of guides")
        permissions = [("recall_guideedition", "Can mark a version as wrong")]
        ordering = ["guide", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["guide", "number"], name="guide_edition_number_unique"),
        ]

    def __str__(self) -> str:
        return gettext("{guide}, version {number}").format(guide=self.guide, number=self.number)


class GuideFault(models.Model):
    """A fault in a guide's PDF: recorded when a runner requests it, deleted once the PDF is
    complete again, and no longer reported after a day without requests. Missing files need no row:
    they're looked up."""

    edition = models.ForeignKey(GuideEdition, models.CASCADE, related_name="faults")
    profile = models.CharField(max_length=64)
    paper = models.CharField(max_length=8)
    reason = models.TextField(blank=True)
    left_out = models.JSONField(default=list, help_text="The files of pictures that are not in it.")
    skip_for = models.JSONField(
        default=list, help_text="The safety items whose runners got it: it has other exercises."
    )
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "profile", "paper"], name="guide_fault_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition}, {self.profile}, {self.paper}"
