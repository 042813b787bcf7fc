"""Keeps RunFit from starting with settings that can't be meant."""

import os
import sys
from typing import NoReturn

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured


def refuse_misconfiguration() -> None:
    """Exits with one line for each error. `manage.py` refuses the same ones by itself."""
    settings_or_exit()
    errors = settings_errors()
    if errors:
        _exit(errors)


def settings_or_exit() -> None:
    """Reads the settings, unless they're read."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "runfit.settings")
    try:
        _ = settings.SITE_URL
    except ImproperlyConfigured as error:
        _exit([str(error)])


def _exit(errors: list[str]) -> NoReturn:
    sys.exit("\n".join(["RunFit doesn't start:", *errors]))


def settings_errors() -> list[str]:
    import guides.checks  # noqa: F401, PLC0415 - registers them

    found = checks.run_checks(tags=["settings"])
    return [
        f"{each.id}: {each.msg} {each.hint}"
        for each in found
        if each.is_serious() and not each.is_silenced()
    ]
