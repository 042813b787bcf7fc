"""Detects the kind of a content file."""

from typing import Literal

from guides.content.faults import ContentError
from runfit.lib.json_format.faults import Fault
from runfit.lib.messages import message as _

Kind = Literal["assessment", "exercises", "guide"]
KIND_BY_KEY: dict[str, Kind] = {
    "questions": "assessment",
    "exercises": "exercises",
    "phases": "guide",
}


def kind(data: object) -> Kind:
    """The kind of a file, from its keys. Raises ContentError unless exactly one kind matches."""
    keys = data.keys() if isinstance(data, dict) else set()
    kinds = [kind for key, kind in KIND_BY_KEY.items() if key in keys]
    if len(kinds) != 1:
        names = ", ".join(f"“{key}” ({kind})" for key, kind in KIND_BY_KEY.items())
        raise ContentError([Fault("file", _("must have exactly one of {names}.", names=names))])
    return kinds[0]
