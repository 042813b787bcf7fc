"""Error reports to Sentry, if SENTRY_DSN is set: what the log tells as an error, as rarely, and
scrubbed in the same way.

Sentry's own hooks into Django and Celery stay off. They'd collect what a visitor sent, and make a
page cost two thirds more. Nothing is missed, since both log what fails.
"""

from collections.abc import Hashable
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint

from runfit.log_formatters import scrubbed
from runfit.monitoring import request_ids
from runfit.monitoring.logs import OnceAMinute, error_kind

KEPT = ("event_id", "exception", "level", "logger", "platform", "release", "sdk", "timestamp")

_reports = OnceAMinute()


def reports_begin(dsn: str, *, release: str) -> None:
    sentry_sdk.init(
        dsn,
        release=release,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None),
            ExcepthookIntegration(),
            AtexitIntegration(callback=lambda pending, timeout: None),
        ],
        send_default_pii=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        before_send=before_send,
    )


def before_send(event: Event, hint: Hint) -> Event | None:
    if not _reports.allows(_kind(event, hint)):
        return None
    told: dict[str, Any] = dict(event)
    report = {name: told[name] for name in KEPT if name in told}
    if "logentry" in told:
        report["logentry"] = {"message": _first_line(_message(told["logentry"]))}
    for exception in report.get("exception", {}).get("values", ()):
        exception["value"] = _first_line(exception.get("value"))
    if name := request_ids.current():
        report["tags"] = {"request_id": name}
    cleaned: Event = _scrubbed(report)
    return cleaned


def _kind(event: Event, hint: Hint) -> Hashable:
    if error := (hint.get("exc_info") or (None, None))[1]:
        return error_kind(error)
    entry: dict[str, Any] = dict(event).get("logentry") or {}  # type: ignore[assignment]
    return event.get("logger"), entry.get("message")


def _message(entry: dict[str, Any]) -> Any:
    return entry.get("formatted") or entry.get("message")


def _first_line(text: Any) -> str:
    """A database quotes rows below the first line of its errors."""
    return str(text or "").partition("\n")[0]


def _scrubbed(value: Any) -> Any:
    """The same, with each text in it scrubbed."""
    match value:
        case str():
            return scrubbed(value)
        case dict():
            return {name: _scrubbed(each) for name, each in value.items()}
        case list() | tuple():
            return [_scrubbed(each) for each in value]
        case _:
            return value
