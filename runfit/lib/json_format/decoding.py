"""Decodes a file's bytes as JSON."""

import json
from typing import Any

from runfit.lib.json_format.faults import Fault, FaultsError
from runfit.lib.messages import message as _


def decode(content: bytes) -> Any:
    """The data of a JSON file. Raises FaultsError if it isn't JSON."""
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise FaultsError([Fault("file", _("is not UTF-8 text."))]) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FaultsError(
            [Fault(where, _("is not JSON here: {reason}.", reason=error.msg))]
        ) from error
    except (ValueError, RecursionError) as error:
        raise FaultsError([Fault("file", _("cannot be read: {reason}.", reason=error))]) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {json.dumps(twice[:64])} stands twice in one object")
    return data
