"""A draft as the definition that it would publish."""

from assessments.definition import Definition, file_text, parse
from assessments.models import Assessment
from assessments.services.folding import folded


def assessment_compile(*, assessment: Assessment) -> Definition:
    """What publishing this draft would publish. Raises DefinitionError where it is unfinished."""
    return parse(folded(assessment))


def assessment_export(*, slug: str) -> str:
    """The draft as the text of a content file: what is loaded from it exports the same bytes."""
    return file_text(assessment_compile(assessment=Assessment.objects.get(slug=slug)))
