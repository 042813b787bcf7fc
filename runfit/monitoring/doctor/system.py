"""Files, disk, settings, and versions."""

import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

import django
from django.conf import settings
from django.core import checks
from django.template.defaultfilters import filesizeformat
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from guides.models import Backup
from runfit.lib.storage import files, files_keep
from runfit.monitoring.doctor.findings import Finding, Verdict, good, note

LITTLE, TOO_LITTLE = 2 * 1024**3, 200 * 1024**2
"""Bytes. A picture that's uploaded takes up to 64 MB while it's read."""


def file_findings() -> Iterator[Finding]:
    part, folder = _("Files"), files().place
    if files_keep():
        yield good(part, _("{folder} takes a file and gives it back.").format(folder=folder))
    else:
        text = _("{folder} doesn't take a file and give it back.").format(folder=folder)
        fix = (
            _("Look whether the service runs, and whether the AWS_… settings are right.")
            if settings.FILES_URL
            else _("Give it to the account that runs RunFit, and free its disk.")
        )
        yield Finding(part, text, fix)
    yield _disk_finding(Path(settings.VAR_DIR))


def _disk_finding(folder: Path) -> Finding:
    usage = shutil.disk_usage(folder)
    text = _("{free} of {total} are free for {folder}.").format(
        free=filesizeformat(usage.free), total=filesizeformat(usage.total), folder=folder
    )
    if usage.free >= LITTLE:
        return good(_("Disk"), text)
    verdict = Verdict.NOTE if usage.free >= TOO_LITTLE else Verdict.BAD
    return Finding(_("Disk"), text, _("Delete what isn't needed, or get a larger disk."), verdict)


def backup_findings() -> Iterator[Finding]:
    """None isn't wrong by itself: a provider may back up the database."""
    part, newest = _("Backup"), Backup.objects.first()
    if newest is None:
        fix = _("Run manage.py backup daily, unless something else backs up all of it.")
        yield note(part, _("RunFit hasn't made one yet."), fix)
        return
    text = _("The newest backup is {time} old.").format(time=timesince(newest.made_at))
    if newest.is_late:
        fix = _("Is manage.py backup still run daily? Run it by hand, and fix what it says.")
        yield Finding(part, text, fix)
    else:
        yield good(part, text)


def settings_findings() -> Iterator[Finding]:
    """What `check --deploy` says of the settings, in its own words."""
    found = checks.run_checks(tags=["settings"], include_deployment_checks=True)
    told = [each for each in found if not each.is_silenced()]
    if not told:
        yield good(_("Settings"), _("Nothing is wrong with them."))
    for each in told:
        verdict = Verdict.BAD if each.is_serious() else Verdict.NOTE
        yield Finding(_("Settings"), f"{each.id}: {each.msg}", each.hint or "", verdict)


def version_findings() -> Iterator[Finding]:
    versions = (
        f"RunFit {settings.VERSION}, Django {django.get_version()}, "
        f"Python {platform.python_version()}"
    )
    if settings.DEBUG:
        yield note(_("Version"), versions, _("DEBUG is on: turn it off on a public site."))
    else:
        yield good(_("Version"), versions)
