"""Log formatters: lines for people, or JSON. Both scrub, name the request, and show each traceback
once a minute: in an outage, every request would write the same hundred lines."""

import copy
import json
import logging
import time
from collections.abc import Hashable
from datetime import datetime

from runfit.log_formatters import ScrubbingFormatter, scrubbed
from runfit.monitoring import request_ids

LINE = "%(asctime)s %(levelname)s %(name)s%(request_mark)s %(message)s"
OTHERS_FAULTS = "django.security."
"""Where Django logs requests that it refuses, such as those with another host's name. Its message
says it all."""
ONCE_EVERY = 60.0
MOST_KINDS = 1000


class OnceAMinute:
    """Which kinds of errors were told lately."""

    def __init__(self) -> None:
        self._told: dict[Hashable, float] = {}

    def allows(self, kind: Hashable) -> bool:
        now = time.monotonic()
        if now - self._told.get(kind, -ONCE_EVERY) < ONCE_EVERY:
            return False
        if len(self._told) >= MOST_KINDS:
            self._told.clear()
        self._told[kind] = now
        return True


def error_kind(error: BaseException) -> Hashable:
    """Its type, and the place where it was raised."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    if place is None:
        return type(error), "", 0
    return type(error), place.tb_frame.f_code.co_filename, place.tb_lineno


class LineFormatter(ScrubbingFormatter):
    def __init__(self) -> None:
        super().__init__(LINE)
        self._tracebacks = OnceAMinute()

    def format(self, record: logging.LogRecord) -> str:
        return super().format(self.prepared(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        return datetime.fromtimestamp(record.created).astimezone().isoformat(" ", "milliseconds")

    def prepared(self, record: logging.LogRecord) -> logging.LogRecord:
        """A copy, since other handlers get the record too."""
        shown, error = copy.copy(record), record.exc_info and record.exc_info[1]
        if record.name.startswith(OTHERS_FAULTS):
            error = shown.exc_info = shown.exc_text = None
        name = request_ids.current()
        shown.request_mark = f" [{name}]" if name else ""
        if error and not self._tracebacks.allows(error_kind(error)):
            shown.msg, shown.args = f"{record.getMessage()} ({type(error).__name__} again)", None
            shown.exc_info = shown.exc_text = None
        return shown


class JsonFormatter(LineFormatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        shown, name = self.prepared(record), request_ids.current()
        fields = {
            "time": self.formatTime(shown),
            "level": shown.levelname,
            "logger": shown.name,
            "message": scrubbed(shown.getMessage()),
        }
        if name:
            fields["request_id"] = name
        if shown.exc_info:
            fields["traceback"] = scrubbed(self.formatException(shown.exc_info))
        return json.dumps(fields, ensure_ascii=False)
