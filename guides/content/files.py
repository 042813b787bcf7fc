"""From the bytes of a file to its data, and which kind of file it is."""

import json
from typing import Any, Literal

from guides.content.faults import ContentError, Fault

Kind = Literal["assessment", "exercises", "guide"]
TOLD_BY: dict[str, Kind] = {"questions": "assessment", "exercises": "exercises", "phases": "guide"}


def decode(content: bytes) -> Any:
    """The JSON of a file. Raises ContentError where it is none."""
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise ContentError([Fault("file", "is not UTF-8 text.")]) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ContentError([Fault(where, f"is not JSON here: {error.msg}.")]) from error
    except (ValueError, RecursionError) as error:
        raise ContentError([Fault("file", f"cannot be read: {error}.")]) from error


def kind(data: object) -> Kind:
    """Told by its keys. Raises ContentError where they tell none, or more than one."""
    keys = data.keys() if isinstance(data, dict) else set()
    kinds = [kind for key, kind in TOLD_BY.items() if key in keys]
    if len(kinds) != 1:
        names = ", ".join(f"“{key}” ({kind})" for key, kind in TOLD_BY.items())
        raise ContentError([Fault("file", f"must have exactly one of {names}.")])
    return kinds[0]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {json.dumps(twice[:64])} stands twice in one object")
    return data
