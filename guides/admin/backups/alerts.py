"""Alerts on the desk's first page: mail that's held after a restore, and a backup that's old."""

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext

from assessments.desk.large_lists import moment
from assessments.hooks import Alert
from guides.models import Backup


def held_alert(held_since: datetime) -> Alert:
    return Alert(
        gettext("Mail is held since the restore of {time}").format(time=moment(held_since)),
        gettext("No email goes out, also none that runners ask for. Look, then let it go."),
        reverse("admin:guides_mail_release"),
    )


def backup_alert(request: HttpRequest) -> Iterator[Alert]:
    """On a site that makes backups, once the newest is too old."""
    if not request.user.has_perm("guides.view_backup"):
        return
    newest = Backup.objects.first()
    if newest and newest.is_late:
        yield Alert(
            gettext("The newest backup is {time} old").format(time=timesince(newest.made_at)),
            gettext(
                "Is “manage.py backup” still run daily? If this disk fails, all that came since "
                "is lost."
            ),
            reverse("admin:guides_backup_changelist"),
        )
