"""From the decoded JSON of an assessment file to its definition."""

from assessments.definition.references import reference_faults
from assessments.definition.shapes import Definition
from runfit.lib.json_format import reading
from runfit.lib.json_format.faults import FaultsError


class DefinitionError(FaultsError):
    """The file is not a self-check."""


def parse(data: object) -> Definition:
    """An assessment file. Raises DefinitionError with every fault."""
    return reading.parse(Definition, data, error=DefinitionError, references=reference_faults)
