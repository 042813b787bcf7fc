"""Decoding the bytes of a file."""

import pytest

from runfit.lib.json_format.decoding import decode
from runfit.lib.json_format.faults import FaultsError


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\xff", "file: is not UTF-8 text."),
        (b'{"a": \n}', "line 2, column 1: is not JSON here: Expecting value."),
        (
            b'{"a": {"b": 1, "b": 2}}',
            'file: cannot be read: the key "b" stands twice in one object.',
        ),
        (b"", "line 1, column 1: is not JSON here: Expecting value."),
    ],
)
def test_invalid_json_is_refused(content, fault):
    with pytest.raises(FaultsError) as caught:
        decode(content)

    assert [str(each) for each in caught.value.faults] == [fault]


def test_too_deeply_nested_json_is_refused():
    with pytest.raises(FaultsError, match="cannot be read"):
        decode(b"[" * 200_000)
