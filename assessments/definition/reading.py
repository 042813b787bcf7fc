"""Parses the decoded JSON of an assessment file."""

from assessments.definition.references import reference_faults
from assessments.definition.shapes import Definition
from runfit.lib.json_format import reading
from runfit.lib.json_format.faults import FaultsError


class DefinitionError(FaultsError):
    """The file isn't a valid self-check."""


def parse(data: object) -> Definition:
    """Parse an assessment file. Raises DefinitionError with all faults."""
    return reading.parse(Definition, data, error=DefinitionError, references=reference_faults)
