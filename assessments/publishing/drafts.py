"""The draft of a self-check: compile, export, and compare it with versions."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError

from assessments import hooks
from assessments.checker import Finding, check
from assessments.definition import Definition, DefinitionError, parse
from assessments.models import Assessment, Edition
from assessments.publishing.changes import assessment_changes
from assessments.publishing.pipeline import Draft, DraftPreview
from assessments.publishing.serialize import Data, serialize_draft
from assessments.publishing.translated_parts import PARTS, beside_original
from runfit.lib.diff import Change
from runfit.lib.hooks import call_hook
from runfit.lib.json_format.faults import Fault
from runfit.lib.json_format.translated_texts import Part, places_of
from runfit.lib.json_format.writing import file_text, to_data
from runfit.lib.messages import message as _

NOT_CHECKED = Finding(
    "warning",
    "not_checked",
    "self-check",
    "One of the checks couldn't run, so something may be missing. Tell whoever runs this site; the "
    "log says why.",
)

NEXT_UNPUBLISHED = _(
    "The self-check that its results offer isn't published, so they don't offer it yet."
)


class AssessmentDraft(Draft[Definition, Edition]):
    kind = "self-check"
    text_field = "definition"
    parse = staticmethod(parse)
    compare = staticmethod(assessment_changes)

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        self.editions = assessment.editions.all()

    @cached_property
    def data(self) -> Data:
        return serialize_draft(self.assessment)

    @cached_property
    def untranslated(self) -> dict[str, str]:
        return untranslated(self.assessment, self.compiled_data(), PARTS, self.data)

    def check(self, content: Definition) -> list[Finding]:
        findings = [*check(content), *_next_findings(content)]
        for hook in hooks.publish_checks:
            findings += call_hook(hook, [NOT_CHECKED], self.assessment, content)
        return findings


def _next_findings(content: Definition) -> Iterator[Finding]:
    offered = content.next_check
    if offered and not Edition.objects.filter(assessment__slug=offered).exists():
        yield Finding("warning", "next_unpublished", "next_check", NEXT_UNPUBLISHED)


def untranslated(
    assessment: Assessment, compiled: Data, parts: Iterable[Part], draft: Data | None = None
) -> dict[str, str]:
    """The languages of the texts that a self-check has in the words of its original, by their
    places in the data of a version."""
    original = assessment.translation_of
    if original is None:
        return {}
    own = serialize_draft(assessment) if draft is None else draft
    missing = beside_original(assessment, own, serialize_draft(original)).missing_paths
    return dict.fromkeys(places_of(missing, compiled, parts), original.language)


def assessment_compile(*, assessment: Assessment) -> Definition:
    """The definition that publishing would freeze. Raises DefinitionError if incomplete."""
    return AssessmentDraft(assessment).content


def assessment_export(*, slug: str) -> str:
    """The draft as the text of a content file. Loading and exporting it again is lossless."""
    return file_text(assessment_compile(assessment=Assessment.objects.get(slug=slug)))


def assessment_data(*, assessment: Assessment) -> dict[str, Any]:
    """The draft as data, even if incomplete."""
    return AssessmentDraft(assessment).compiled_data()


def assessment_words_read(*, assessment: Assessment, data: object) -> Data:
    """The words of a content file as they'd be in this draft, which keeps its address. Raises
    DefinitionError."""
    words: Data = to_data(parse(data)) | {"slug": assessment.slug}
    original = assessment.translation_of_id
    draft = Assessment(pk=assessment.pk, language=words["language"], translation_of_id=original)
    try:
        draft.clean()
    except ValidationError as error:
        raise DefinitionError([Fault("language", error.messages[0])]) from error
    return words


def assessment_words_preview(*, assessment: Assessment, words: Data) -> DraftPreview:
    """What the draft would become with these words."""
    after = AssessmentDraft(assessment)
    after.data = words
    return AssessmentDraft(assessment).preview(after)


def edition_changes(*, edition: Edition) -> list[Change]:
    """What this version changed."""
    return AssessmentDraft(edition.assessment).edition_changes(edition)


def restore_changes(*, edition: Edition) -> list[Change]:
    """What restoring this version would change in the draft."""
    return AssessmentDraft(edition.assessment).restore_changes(edition)
