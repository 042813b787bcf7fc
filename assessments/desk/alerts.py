"""Alerts for the PT's first page."""

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
    """Alerts about live versions that no clinician has signed.

    Shown only after the first steps: before that, they'd ask her to sign what she hasn't read.
    """
    for version_admin in admins():
        if isinstance(version_admin, VersionAdmin) and version_admin.has_sign_permission(request):
            live = version_admin.get_queryset(request).filter(number=F("newest"), reviewed_by="")
            for edition in live.select_related(version_admin.draft_field).order_by("pk"):
                draft = getattr(edition, version_admin.draft_field)
                yield Alert(
                    f"Version {edition.number} of “{draft}” is live but not signed",
                    "Runners see “Draft, not reviewed by a PT or doctor yet” until you sign it.",
                    address_of(edition, "sign"),
                )
