"""What content is refused with."""

from runfit.lib.json_format.faults import FaultsError


class ContentError(FaultsError):
    """The content of a guide or of the exercises cannot be used."""
