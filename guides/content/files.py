"""Which kind of file it is."""

from typing import Literal

from guides.content.faults import ContentError
from runfit.lib.json_format.faults import Fault

Kind = Literal["assessment", "exercises", "guide"]
TOLD_BY: dict[str, Kind] = {"questions": "assessment", "exercises": "exercises", "phases": "guide"}


def kind(data: object) -> Kind:
    """Told by its keys. Raises ContentError where they tell none, or more than one."""
    keys = data.keys() if isinstance(data, dict) else set()
    kinds = [kind for key, kind in TOLD_BY.items() if key in keys]
    if len(kinds) != 1:
        names = ", ".join(f"“{key}” ({kind})" for key, kind in TOLD_BY.items())
        raise ContentError([Fault("file", f"must have exactly one of {names}.")])
    return kinds[0]
