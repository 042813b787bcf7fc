import json
import logging
import re
import sys
import time

import pytest
import time_machine

from runfit.monitoring import logs
from runfit.monitoring.logs import JsonFormatter, LineFormatter
from runfit.monitoring.request_ids import request_id


@pytest.fixture(params=[LineFormatter, JsonFormatter])
def formatter(request):
    return request.param()


def fail(message="it failed"):
    raise RuntimeError(message)


def record(text="Not Found: %s", *args, error=None, level=logging.ERROR):
    if error:
        try:
            error()
        except RuntimeError:
            return logging.LogRecord("x", level, "x", 1, text, args, sys.exc_info())
    return logging.LogRecord("x", level, "x", 1, text, args, None)


def test_times_have_their_offset():
    with time_machine.travel("2026-07-01T12:00:00+00:00", tick=False):
        line = LineFormatter().format(record("Not Found: %s", "/nope"))

    assert re.fullmatch(r"2026-07-01 \d\d:00:00\.000[+-]\d\d:\d\d ERROR x Not Found: /nope", line)


def test_json_is_one_line_with_everything_in_it():
    formatter = JsonFormatter()

    with request_id({}) as name:
        line = formatter.format(record("For %s", "me@example.org", error=fail))

    told = json.loads(line)
    assert "\n" not in line
    assert set(told) == {"time", "level", "logger", "message", "request_id", "traceback"}
    assert (told["message"], told["request_id"]) == ("For …@…", name)
    assert told["traceback"].endswith("RuntimeError: it failed")


def test_both_scrub_the_traceback_too(formatter):
    text = formatter.format(
        record("/result/secret-token/", error=lambda: fail("me@example.org /guide/1.abc/"))
    )

    assert "RuntimeError" in text
    assert not re.search("secret|example|abc", text)


def test_lines_name_the_request(formatter):
    with request_id({}) as name:
        inside = formatter.format(record("one"))
    outside = formatter.format(record("two"))

    assert name in inside
    assert name not in outside


def test_each_traceback_is_shown_once_a_minute(formatter, monkeypatch):
    def other():
        raise RuntimeError("elsewhere")

    texts = [formatter.format(record("one", error=fail)) for _ in range(3)]
    texts.append(formatter.format(record("two", error=other)))
    now = time.monotonic()
    monkeypatch.setattr(logs.time, "monotonic", lambda: now + 61)
    texts.append(formatter.format(record("one", error=fail)))

    assert ["Traceback" in text for text in texts] == [True, False, False, True, True]
    assert "one (RuntimeError again)" in texts[1]
    assert len(texts[1].splitlines()) == 1


def test_what_django_refuses_is_one_line(formatter):
    refused = record("Invalid HTTP_HOST header: %r", "evil.example", error=fail)
    refused.name = "django.security.DisallowedHost"

    text = formatter.format(refused)

    assert len(text.splitlines()) == 1
    assert not re.search("Traceback|again", text)


def test_other_handlers_get_the_whole_record(formatter):
    both = record("one %s", 1, error=fail)
    formatter.format(both)
    formatter.format(both)

    assert (both.msg, both.args, bool(both.exc_info)) == ("one %s", (1,), True)


def test_kinds_of_errors_that_are_remembered_are_bounded(monkeypatch):
    monkeypatch.setattr(logs, "MOST_KINDS", 2)
    told = logs.OnceAMinute()

    assert all(map(told.allows, ("one", "two", "three", "four")))
    assert not told.allows("four")

    assert len(told._told) <= 2
