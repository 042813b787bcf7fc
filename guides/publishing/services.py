"""Loads, checks, publishes, and exports guides."""

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from auditlog.context import disable_auditlog
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

import assessments.selectors
from assessments.checker import Finding
from assessments.definition import Definition
from assessments.publishing.drafts import assessment_export, untranslated
from assessments.publishing.pipeline import Draft, DraftPreview, DraftStatus, PublishRefused
from guides import content, selectors
from guides.models import (
    EmailText,
    Guide,
    GuideEdition,
    GuidePhase,
    Reference,
    SeriesEmail,
)
from guides.pdf.file_integrity import file_checksum
from guides.publishing import row_mapping
from guides.publishing.changes import guide_changes
from guides.publishing.draft_data import guide_data, guide_with_parts, guides_data, why_data
from guides.publishing.library import LoadReport, library_export
from guides.publishing.translated_parts import PARTS, RESULTS, beside_original
from guides.publishing.validation import guide_builds_check, guide_findings, placeholders
from runfit.lib import caching
from runfit.lib.diff import Change
from runfit.lib.json_format.faults import Fault
from runfit.lib.json_format.foreign_texts import ForeignText
from runfit.lib.json_format.translated_texts import places_of
from runfit.lib.json_format.writing import file_text, to_data
from runfit.lib.models import signed

if TYPE_CHECKING:
    from assessments.models import Assessment

EXERCISES_SLUG = "exercises"


class GuideDraft(Draft[content.GuideContent, GuideEdition]):
    """A guide in the publishing pipeline. Its editions also freeze the PT's own PDF, if any."""

    kind = "guide"
    text_field = "content"
    parse = staticmethod(content.parse_content)
    compare = staticmethod(guide_changes)

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.editions = guide.editions.all()
        self.upload = guide.upload.name

    @cached_property
    def data(self) -> row_mapping.Data:
        return guide_data(guide=self.guide)

    @cached_property
    def untranslated(self) -> dict[str, str]:
        compiled = self.compiled_data()
        why = why_data(guide=self.guide).items()
        repeated = {
            **untranslated(self.guide.assessment, compiled, RESULTS),
            **{f"why.{key}": t.language for key, t in why if isinstance(t, ForeignText)},
        }
        original = self.guide.translation_of
        if original is None:
            return repeated
        drafts = guides_data(guides=[self.guide, original])
        texts = beside_original(self.guide, drafts[self.guide.pk], drafts[original.pk])
        own = places_of(texts.missing_paths, compiled, PARTS)
        return {**repeated, **dict.fromkeys(own, original.language)}

    def check(self, content: content.GuideContent) -> list[Finding]:
        return guide_findings(guide=self.guide, compiled=content)

    def is_same(self, live: GuideEdition) -> bool:
        return super().is_same(live) and live.upload.name == self.upload

    def edition_data(self, edition: GuideEdition) -> row_mapping.Data:
        return {**super().edition_data(edition), "_upload": edition.upload.name}

    def compiled_data(self) -> row_mapping.Data:
        return {**super().compiled_data(), "_upload": self.upload}


@transaction.atomic
def guide_load(*, data: object, user: User | None = None, tested: bool = False) -> LoadReport:
    """Creates and publishes a guide from decoded JSON, unless its slug exists. `tested`: its PDFs
    were built elsewhere.

    Raises ContentError or PublishRefused, and then creates nothing.
    """
    loaded = content.parse_guide(data)
    name = f"guide “{loaded.slug}”"
    if Guide.objects.filter(slug=loaded.slug).exists():
        return LoadReport((), (name,))
    assessment = assessments.selectors.assessment_by_slug(loaded.assessment)
    if assessment is None:
        missing = f"there is no self-check “{loaded.assessment}”. Load it first."
        raise content.ContentError([Fault("assessment", missing)])
    _language_check(loaded)
    with disable_auditlog():  # nobody edited what comes from a file
        guide = guide_create(loaded, assessment)
    edition = guide_publish(guide=guide, user=user, note="As loaded from its file.", tested=tested)
    return LoadReport((f"{name}, version {edition.number}",), ())


def _language_check(loaded: content.GuideFile) -> None:
    """Drafts take fewer language codes than the file format."""
    try:
        Guide._meta.get_field("language").clean(loaded.language, None)
    except ValidationError as error:
        raise content.ContentError([Fault("language", error.messages[0])]) from error


def guide_words_read(*, guide: Guide, data: object) -> row_mapping.Data:
    """The words of a guide's file as they'd be in this draft, which keeps its name in addresses and
    its self-check. Raises ContentError."""
    loaded = content.parse_guide(data)
    _language_check(loaded)
    words: row_mapping.Data = to_data(loaded) | {"slug": guide.slug}
    del words["assessment"]
    return words


def guide_words_preview(*, guide: Guide, words: row_mapping.Written) -> DraftPreview:
    """What the draft would become with these words."""
    after = GuideDraft(guide)
    after.data = {**after.data, **words}
    return GuideDraft(guide).preview(after)


def guide_create(
    loaded: content.GuideFile | row_mapping.Written, assessment: "Assessment"
) -> Guide:
    """Creates the rows of a guide, even if it's incomplete."""
    guide = Guide.objects.create(assessment=assessment, **row_mapping.guide_columns(loaded))
    guide_parts_create(guide, loaded)
    _emails_replace(guide, to_data(loaded)["emails"])
    return guide


def guide_words_replace(
    guide: Guide, words: content.GuideContent | row_mapping.Written, **columns: str
) -> None:
    """Makes these the guide's own words. Plans and exercises stay as they are."""
    Guide.objects.filter(pk=guide.pk).update(**row_mapping.guide_columns(words) | columns)
    guide.phases.all().delete()
    guide.references.all().delete()
    guide_parts_create(guide, words)
    _emails_replace(guide, to_data(words)["emails"])


def _emails_replace(guide: Guide, emails: row_mapping.Written) -> None:
    """Makes these the guide's emails. `series` is a list of emails, and the others are one each."""
    single = {kind: email for kind, email in emails.items() if kind in EmailText.Kind.values}
    guide.emails.exclude(kind__in=single).delete()
    for kind, email in single.items():
        guide.emails.update_or_create(kind=kind, defaults=row_mapping.email_columns(email))
    guide.series.all().delete()
    SeriesEmail.objects.bulk_create(
        SeriesEmail(guide=guide, **row_mapping.series_columns(email))
        for email in emails.get("series", ())
    )


def guide_parts_create(
    guide: Guide, loaded: content.GuideFile | content.GuideContent | row_mapping.Written
) -> None:
    data = to_data(loaded)
    GuidePhase.objects.bulk_create(GuidePhase(guide=guide, **phase) for phase in data["phases"])
    Reference.objects.bulk_create(
        Reference(guide=guide, order=order, text=reference["text"], url=reference["url"])
        for order, reference in enumerate(data["references"], start=1)
    )


def guide_export(*, slug: str) -> str:
    """The draft as a guide file's text. Loading and exporting it again gives the same bytes."""
    guide = guide_with_parts(slug=slug)
    data = row_mapping.guide_data(guide) | {"assessment": guide.assessment.slug}
    return file_text(content.parse_guide(data))


def content_export(*, slug: str) -> str:
    """The content file of a self-check or a guide, or of all exercises for the slug "exercises".

    Raises LookupError if there is none, or ContentError or DefinitionError if the draft is
    incomplete.
    """
    if slug == EXERCISES_SLUG:
        return library_export()
    if Guide.objects.filter(slug=slug).exists():
        return guide_export(slug=slug)
    if assessments.selectors.assessment_by_slug(slug):
        return str(assessment_export(slug=slug))
    raise LookupError(slug)


def guide_compile(*, guide: Guide) -> content.GuideContent:
    """The content that publishing would freeze. Raises ContentError if the draft is incomplete."""
    return GuideDraft(guide).content


def guide_overview(*, guide: Guide) -> tuple[DraftStatus, list[Finding]]:
    """The draft's status and findings, from one read of its rows. Errors block publishing."""
    draft = GuideDraft(guide)
    return draft.status, draft.findings


def guide_publish(
    *,
    guide: Guide,
    user: User | None,
    note: str = "",
    reviewed_by: str = "",
    look_again_on: date | None = None,
    seen: DraftStatus | None = None,
    tested: bool = False,
) -> GuideEdition:
    """Publishes the draft, with all plans and exercises, as the next edition. `tested`: its PDFs
    were built elsewhere.

    Raises PublishRefused, also if the draft has changed since its status was `seen`. All checks run
    before anything is locked: building PDFs takes seconds, and on SQLite a writer blocks every
    runner.
    """
    guide = Guide.objects.get(pk=guide.pk)
    draft = GuideDraft(guide)
    draft.ensure_publishable(seen)
    draft.next_number()  # refuses an unchanged draft before building its PDFs
    # Builds PDFs: too slow for each visit of the draft's page.
    live = draft.live_edition()
    built = draft.content if tested else selectors.guide_content(live) if live else None
    unbuilt = guide_builds_check(guide=guide, compiled=draft.content, built=built)
    if unbuilt:
        raise PublishRefused([*unbuilt, *draft.findings])
    with transaction.atomic():
        current = GuideDraft(Guide.objects.select_for_update().get(pk=guide.pk))
        if (current.data, current.upload) != (draft.data, draft.upload):
            raise draft.changed_meanwhile()
        return draft.freeze(
            guide=guide,
            upload=draft.upload,
            upload_mark=file_checksum(draft.upload) if draft.upload else "",
            published_by=user,
            note=note,
            **signed(reviewed_by, look_again_on),
        )


def guide_edition_changes(*, edition: GuideEdition) -> list[Change]:
    """The changes that this edition made."""
    return GuideDraft(edition.guide).edition_changes(edition)


def guide_restore_changes(*, edition: GuideEdition) -> list[Change]:
    """The changes that restoring this edition would make to the draft."""
    return GuideDraft(edition.guide).restore_changes(edition)


def guide_edition_sign(
    *, edition: GuideEdition, reviewed_by: str, look_again_on: date | None = None
) -> None:
    """Records the clinician's review, the only part of an edition that may change."""
    GuideEdition.objects.filter(pk=edition.pk).update(**signed(reviewed_by, look_again_on))
    transaction.on_commit(caching.clear)


def guide_edition_to_fill_in(*, edition: GuideEdition) -> list[Finding]:
    """Findings about placeholder text left in this edition."""
    return list(placeholders(selectors.guide_content(edition)))


def assessment_guides_check(assessment: "Assessment", definition: Definition) -> list[Finding]:
    """Findings for publishing a self-check: result types that won't offer a guide."""
    edition = selectors.guide_live_for(assessment.slug)
    if edition is None:
        message = _("This self-check has no published guide, so no result offers one.")
        return [Finding("warning", "guide_missing", "guide", message)]
    message = _(
        "This result type has no plan in a published guide, so its result offers no guide. "
        "Add its plan, then publish the guide."
    )
    return [
        Finding("warning", "plan_missing", f"profiles[{index}]", message)
        for index, profile in enumerate(definition.profiles)
        if not selectors.guide_offers(edition, profile.key)
    ]
