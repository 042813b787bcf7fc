"""Runs all checks at the same time, each in a thread of its own with a deadline."""

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from contextvars import copy_context
from functools import partial
from time import monotonic

from django.db import DatabaseError, connections
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from runfit.monitoring.doctor import database, mail, servers, system
from runfit.monitoring.doctor.findings import Finding, note

DEADLINE = 10.0
"""Seconds for all of them together, since they run at the same time."""

Check = Callable[[], Iterable[Finding]]


def _sender_findings() -> Iterable[Finding]:
    from runfit.monitoring.doctor import sender  # noqa: PLC0415 - a DNS library, for this page alone

    return sender.sender_findings()


CHECKS: dict[str, tuple[object, Check]] = {
    "database": (_("Database"), database.database_findings),
    "broker": (_("Redis"), servers.broker_findings),
    "processes": (_("Background work"), servers.process_findings),
    "waiting": (_("Waiting emails"), mail.waiting_findings),
    "mail": (_("Mail server"), mail.mail_findings),
    "sender": (_("Sender's domain"), _sender_findings),
    "files": (_("Files"), system.file_findings),
    "backup": (_("Backup"), system.backup_findings),
    "settings": (_("Settings"), system.settings_findings),
    "version": (_("Version"), system.version_findings),
}

logger = logging.getLogger(__name__)


def examine() -> list[Finding]:
    until = monotonic() + DEADLINE
    running = [(name, _begin(check)) for name, (_name, check) in CHECKS.items()]
    return [finding for name, found in running for finding in _outcome(name, found, until)]


def _begin(check: Check) -> "Future[list[Finding]]":
    """A daemon thread: one that never ends must not keep a command from ending."""
    found: Future[list[Finding]] = Future()
    run = partial(copy_context().run, _run, check, get_language() or "en", found)
    threading.Thread(target=run, name="doctor", daemon=True).start()
    return found


def _run(check: Check, language: str, found: "Future[list[Finding]]") -> None:
    try:
        with override(language):
            found.set_result(list(check()))
    except Exception as error:  # noqa: BLE001 - told as a finding
        found.set_exception(error)
    finally:
        connections.close_all()


def _outcome(name: str, found: "Future[list[Finding]]", until: float) -> list[Finding]:
    part = str(CHECKS[name][0])
    try:
        return found.result(timeout=max(0.0, until - monotonic()))
    except LateError:
        text = gettext("No answer within {seconds} seconds.").format(seconds=f"{DEADLINE:.0f}")
        fix = gettext("Is the server running, and can this host reach it?")
        return [Finding(part, text, fix)]
    except DatabaseError:
        return [note(part, gettext("This needs the database."))]
    except Exception as error:
        logger.exception("The doctor couldn't look at: %s", name)
        text = gettext("This couldn't be tried ({error}).").format(error=type(error).__name__)
        return [Finding(part, text, gettext("The log has the details."))]
