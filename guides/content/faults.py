"""What is wrong with content, and where: faults as those of a self-check's file."""

from assessments.definition.faults import Fault, FaultsError

__all__ = ["ContentError", "Fault"]


class ContentError(FaultsError):
    """The content of a guide or of the exercises cannot be used."""
