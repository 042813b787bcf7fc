"""The error for invalid guide content."""

from runfit.lib.json_format.faults import FaultsError


class ContentError(FaultsError):
    """The content of a guide or of the exercises file is invalid."""
