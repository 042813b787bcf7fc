"""What needs the PT, for her first page: other apps add theirs."""

from collections.abc import Iterator

from django.db.models import F
from django.http import HttpRequest

from assessments import hooks
from assessments.desk.links import address_of, admins
from assessments.desk.versions import VersionAdmin
from assessments.hooks import Alert
from runfit.lib.hooks import gather


def alerts(request: HttpRequest) -> list[Alert]:
    return gather(hooks.alerts, request)


def unsigned(request: HttpRequest) -> Iterator[Alert]:
    """Versions that runners meet with the words that nobody has reviewed them.

    Shown only after the first steps are done: before that, it would ask her to sign what she hasn't
    read.
    """
    for versions in admins():
        if isinstance(versions, VersionAdmin) and versions.has_sign_permission(request):
            live = versions.get_queryset(request).filter(number=F("newest"), reviewed_by="")
            for edition in live.select_related(versions.draft_field).order_by("pk"):
                yield Alert(
                    f"Version {edition.number} of “{getattr(edition, versions.draft_field)}” is "
                    "live and not signed",
                    "Runners read “Draft, not reviewed by a clinician” until you sign it.",
                    address_of(edition, "sign"),
                )
