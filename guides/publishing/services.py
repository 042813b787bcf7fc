"""The guide: from file to draft, from draft to edition, and back to a file."""

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from auditlog.context import disable_auditlog
from django.contrib.auth.models import User
from django.db import transaction

import assessments.selectors
from assessments.checker import Finding
from assessments.definition import Definition
from assessments.publishing.drafts import assessment_export
from assessments.publishing.pipeline import PublishRefused, Standing
from guides import content, selectors
from guides.models import (
    EmailText,
    Exercise,
    Guide,
    GuideEdition,
    GuidePhase,
    Plan,
    Reference,
    SharedRules,
)
from guides.pdf.file_integrity import file_mark
from guides.publishing import row_mapping
from guides.publishing.changes import guide_changes
from guides.publishing.library import LoadReport, library_export
from guides.publishing.validation import (
    blocked,
    finding_of,
    guide_builds_check,
    guide_findings,
    placeholders,
)
from runfit.lib.diff import Change

if TYPE_CHECKING:
    from assessments.models import Assessment

EXERCISES_SLUG = "exercises"
CHANGED_MEANWHILE = finding_of(
    "error",
    "changed_meanwhile",
    "guide",
    "The draft changed while it was checked. Look at what changed, then publish it.",
)


@transaction.atomic
def guide_load(*, data: object, user: User | None = None) -> LoadReport:
    """Make a guide from decoded JSON and publish it, unless its slug is there already.

    Raises ContentError or PublishRefused, and then leaves nothing behind.
    """
    loaded = content.parse_guide(data)
    name = f"guide “{loaded.slug}”"
    if Guide.objects.filter(slug=loaded.slug).exists():
        return LoadReport((), (name,))
    assessment = assessments.selectors.assessment_by_slug(loaded.assessment)
    if assessment is None:
        missing = f"there is no self-check “{loaded.assessment}”. Load it first."
        raise content.ContentError([content.Fault("assessment", missing)])
    with disable_auditlog():  # what comes with a file was changed by nobody
        guide = _guide_create(loaded, assessment)
    edition = guide_publish(guide=guide, user=user, note="As loaded from its file.")
    return LoadReport((f"{name}, version {edition.number}",), ())


def _guide_create(loaded: content.Guide, assessment: "Assessment") -> Guide:
    guide = Guide.objects.create(assessment=assessment, **row_mapping.guide_columns(loaded))
    guide_parts_create(guide, loaded)
    EmailText.objects.bulk_create(
        EmailText(guide=guide, kind=kind, **row_mapping.email_columns(words))
        for kind, words in loaded.emails.written()
    )
    return guide


def guide_parts_create(guide: Guide, loaded: content.Guide | content.GuideContent) -> None:
    GuidePhase.objects.bulk_create(
        GuidePhase(guide=guide, **content.to_data(phase)) for phase in loaded.phases
    )
    Reference.objects.bulk_create(
        Reference(guide=guide, order=order, text=reference.text, url=reference.url)
        for order, reference in enumerate(loaded.references, start=1)
    )


def guide_export(*, slug: str) -> str:
    """The draft as the text of a guide file: what is loaded from it exports the same bytes."""
    guide = _whole(slug=slug)
    data = row_mapping.guide_data(guide) | {"assessment": guide.assessment.slug}
    return content.file_text(content.parse_guide(data))


def content_export(*, slug: str) -> str:
    """The content file of a self-check or a guide; of all exercises for the word "exercises".

    Raises LookupError where there is none, ContentError or DefinitionError where a draft is not
    complete enough to be written.
    """
    if slug == EXERCISES_SLUG:
        return library_export()
    if Guide.objects.filter(slug=slug).exists():
        return guide_export(slug=slug)
    if assessments.selectors.assessment_by_slug(slug):
        return str(assessment_export(slug=slug))
    raise LookupError(slug)


def guide_compile(*, guide: Guide) -> content.GuideContent:
    """What publishing would freeze. Raises ContentError where a part is unfinished."""
    return content.parse_content(guide_data(guide=guide))


def guide_data(*, guide: Guide) -> row_mapping.Data:
    """The draft as data, finished or not."""
    plans = (
        Plan.objects.filter(profile__assessment_id=guide.assessment_id)
        .select_related("profile")
        .prefetch_related(row_mapping.PLAN_PARTS)
        .order_by("profile__position", "profile__pk")
    )
    used = Exercise.objects.filter(uses__block__plan__in=plans).distinct()
    rules = SharedRules.objects.first()
    return {
        **row_mapping.guide_data(_whole(pk=guide.pk)),
        **({"shared_rules": row_mapping.rules_data(rules)} if rules else {}),
        "exercises": [row_mapping.exercise_data(row) for row in used.order_by("phase", "order")],
        "profiles": [
            {
                "key": profile.key,
                "title": profile.title,
                "first_step": profile.first_step,
                "see_someone_if": profile.see_someone_if,
                "plan": row_mapping.plan_data(plan),
            }
            for plan in plans
            if (profile := plan.profile)
        ],
    }


def _whole(**lookup: object) -> Guide:
    parts = ("phases", "references", "emails")
    return Guide.objects.select_related("assessment").prefetch_related(*parts).get(**lookup)


def guide_check(*, guide: Guide) -> list[Finding]:
    """Everything that is wrong with a draft, or that the PT should know. Errors block."""
    _, findings = _proved(guide, guide_data(guide=guide))
    return findings


def guide_publish(
    *,
    guide: Guide,
    user: User | None,
    note: str = "",
    reviewed_by: str = "",
    seen: Standing | None = None,
) -> GuideEdition:
    """Freeze the draft, with all plans and exercises, as the next edition.

    Raises PublishRefused, also where the draft no longer stands as it was `seen`. It is proved
    before anything is locked: to build all PDFs takes seconds, and on SQLite whoever writes holds
    up every runner.
    """
    guide = Guide.objects.get(pk=guide.pk)
    draft = guide_data(guide=guide)
    if seen and _standing(guide, draft) != seen:
        raise PublishRefused([CHANGED_MEANWHILE])
    compiled, findings = _proved(guide, draft)
    if compiled is None or blocked(findings):
        raise PublishRefused(findings)
    text = content.canonical(compiled)
    fingerprint = sha256(text.encode()).hexdigest()
    _next_number(guide, fingerprint)
    # Every guide, on both papers: too slow for each visit of the draft's own page.
    unbuilt = guide_builds_check(guide=guide, compiled=compiled)
    if unbuilt:
        raise PublishRefused([*unbuilt, *findings])
    with transaction.atomic():
        _lock_as_proved(guide, draft)
        edition = GuideEdition.objects.create(
            guide=guide,
            number=_next_number(guide, fingerprint),
            content=text,
            sha256=fingerprint,
            upload=guide.upload.name,
            upload_mark=file_mark(str(guide.upload.name)) if guide.upload else "",
            published_by=user,
            note=note,
            reviewed_by=reviewed_by,
        )
        transaction.on_commit(selectors.forget)
    return edition


def _next_number(guide: Guide, fingerprint: str) -> int:
    """Raises PublishRefused where the same is live."""
    live = guide.editions.order_by("-number").first()
    if live and (live.sha256, live.upload.name) == (fingerprint, guide.upload.name):
        raise PublishRefused([_unchanged(live)])
    return live.number + 1 if live else 1


def _lock_as_proved(guide: Guide, draft: row_mapping.Data) -> None:
    """Publishers take turns. Raises PublishRefused where the draft is another one by now."""
    now = Guide.objects.select_for_update().get(pk=guide.pk)
    if guide_data(guide=now) != draft or now.upload.name != guide.upload.name:
        raise PublishRefused([CHANGED_MEANWHILE])


def guide_overview(*, guide: Guide) -> tuple[Standing, list[Finding]]:
    """Where a draft stands and what is wrong with it, from one reading of its rows."""
    data = guide_data(guide=guide)
    return _standing(guide, data), _proved(guide, data)[1]


def _standing(guide: Guide, data: row_mapping.Data) -> Standing:
    live = guide.editions.order_by("-number").first()
    if live is None:
        return Standing(None, ())
    changed = guide_changes(_data(live), _normal(data))
    own = _upload_changes(live.upload.name, guide.upload.name)
    return Standing(live, (*changed, *own))


def _upload_changes(before: str | None, after: str | None) -> list[Change]:
    if (before or "") == (after or ""):
        return []
    how = "another one" if before and after else "new" if after else "gone"
    return [Change("upload", f"Your own PDF is {how}.")]


def guide_edition_changes(*, edition: GuideEdition) -> list[Change]:
    """What this version changed."""
    before = (
        GuideEdition.objects.filter(guide=edition.guide_id, number__lt=edition.number)
        .order_by("-number")
        .first()
    )
    if before is None:
        return []
    own = _upload_changes(before.upload.name, edition.upload.name)
    return [*guide_changes(_data(before), _data(edition)), *own]


def guide_restore_changes(*, edition: GuideEdition) -> list[Change]:
    """What restoring this version would change in the draft."""
    draft = edition.guide
    own = _upload_changes(draft.upload.name, edition.upload.name)
    return [*guide_changes(_normal(guide_data(guide=draft)), _data(edition), coming=True), *own]


def _data(edition: GuideEdition) -> row_mapping.Data:
    data: row_mapping.Data = json.loads(edition.content)
    return data


def _normal(data: row_mapping.Data) -> row_mapping.Data:
    """As an edition would hold it; as it is where it is unfinished."""
    try:
        normal: row_mapping.Data = content.to_data(content.parse_content(data))
    except content.ContentError:
        return data
    return normal


def guide_edition_sign(*, edition: GuideEdition, reviewed_by: str) -> None:
    """The clinician's signature, the only thing about an edition that may come later."""
    GuideEdition.objects.filter(pk=edition.pk).update(reviewed_by=reviewed_by)
    transaction.on_commit(selectors.forget)


def guide_edition_to_fill_in(*, edition: GuideEdition) -> list[Finding]:
    """Words of this version that still ask the PT to fill them in."""
    return list(placeholders(content.parse_content(_data(edition))))


def _proved(
    guide: Guide, data: row_mapping.Data
) -> tuple[content.GuideContent | None, list[Finding]]:
    """The content with all findings, or None where the draft is not complete."""
    try:
        compiled = content.parse_content(data)
    except content.ContentError as error:
        return None, [
            finding_of("error", "incomplete", fault.where, fault.message) for fault in error.faults
        ]
    return compiled, guide_findings(guide=guide, compiled=compiled)


def _unchanged(live: GuideEdition) -> Finding:
    message = f"Nothing has changed since version {live.number}, so there is nothing to publish."
    return finding_of("error", "unchanged", "guide", message)


def assessment_guides_check(assessment: "Assessment", definition: Definition) -> list[Finding]:
    """What publishing a self-check should say about guides: results that will offer none."""
    edition = selectors.guide_live_for(assessment.slug)
    if edition is None:
        message = "No guide is published for this self-check, so no result offers one."
        return [finding_of("warning", "guide_missing", "guide", message)]
    message = (
        "This result type has no plan in a published guide, so its result offers no guide. "
        "Add its plan, then publish the guide."
    )
    return [
        finding_of("warning", "plan_missing", f"profiles[{index}]", message)
        for index, profile in enumerate(definition.profiles)
        if not selectors.guide_offers(edition, profile.key)
    ]
