import logging

import pytest

from runfit.logs import ScrubbingFormatter


def written(message: str) -> str:
    record = logging.LogRecord("x", logging.INFO, "x", 1, message, None, None)
    return ScrubbingFormatter("%(message)s").format(record)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Not Found: /result/s3cret-token/clearance/", "Not Found: /result/…/clearance/"),
        ('"GET /guide/1.abc_d/download/ HTTP/1.1"', '"GET /guide/…/download/ HTTP/1.1"'),
        ("/unsubscribe/9.xyz", "/unsubscribe/…"),
        ("/preferences/9.xyz/erase/", "/preferences/…/erase/"),
        ("Key (email_key)=(runner@example.org) exists", "Key (email_key)=(…@…) exists"),
        ("{'a.b+c@mail.example.org': (550, b'no')}", "{'…@…': (550, b'no')}"),
        ("Listening at 127.0.0.1:8000", "Listening at 127.0.0.1:8000"),
    ],
)
def test_no_token_and_no_address_is_written(message, expected):
    assert written(message) == expected


def test_tracebacks_are_scrubbed_too():
    try:
        raise ValueError("runner@example.org")
    except ValueError:
        record = logging.getLogger("x").makeRecord(
            "x", logging.ERROR, "x", 1, "failed", None, __import__("sys").exc_info()
        )

    line = ScrubbingFormatter("%(message)s").format(record)

    assert "…@…" in line
    assert "runner@example.org" not in line
