"""Alerts on the desk's first page about guides with faults, and missing files."""

from collections.abc import Iterable, Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.desk.links import address_of
from assessments.hooks import Alert
from guides import selectors
from guides.models import Exercise, GuideEdition, GuideFault
from guides.reasons import reason_line

PRACTICE = "practice/"
NAMED = 3


def guide_alerts(request: HttpRequest) -> Iterator[Alert]:
    """Alerts about guides, worst first."""
    if not request.user.has_perm("guides.view_guide"):
        return
    missing = selectors.files_missing()
    faults = list(selectors.guide_faults())
    for edition in dict.fromkeys(fault.edition for fault in faults):
        yield from _of_edition(edition, [fault for fault in faults if fault.edition == edition])
    reported = {name for fault in faults for name in fault.left_out}
    unreported = [name for name in missing if name not in reported]
    if unreported:
        yield _missing(unreported)


def _of_edition(edition: GuideEdition, faults: list[GuideFault]) -> Iterator[Alert]:
    reasons = dict.fromkeys(reason_line(fault.reason) for fault in faults if fault.reason)
    if reasons:
        yield Alert(
            _("“{guide}” can't be sent as it should be").format(guide=edition.guide),
            f"{' '.join(reasons)} "
            + _("Runners get it in another form until you fix this and publish."),
            address_of(edition.guide),
        )
    names = dict.fromkeys(name for fault in faults for name in fault.left_out)
    if names:
        yield _without_pictures(edition, list(names))


def _without_pictures(edition: GuideEdition, names: list[str]) -> Alert:
    return Alert(
        ngettext(
            "“{guide}” goes out without a picture",
            "“{guide}” goes out without {number} pictures",
            len(names),
        ).format(guide=edition.guide, number=len(names)),
        _("Gone from this server, or damaged: {names}.").format(
            names=_summary(_shown_by(edition, names))
        )
        + f" {_bring_back(len(names))}",
        _address(edition, names[0]),
    )


def _missing(names: list[str]) -> Alert:
    return Alert(
        ngettext(
            "A file is gone from this server",
            "{number} files are gone from this server",
            len(names),
        ).format(number=len(names)),
        f"{_summary(names)}. {_bring_back(len(names))}",
        reverse("admin:assessments_practice_change")
        if names[0].startswith(PRACTICE)
        else reverse("admin:guides_exercise_changelist"),
    )


def _bring_back(number: int) -> str:
    return ngettext(
        "Ask whoever runs this site to restore it, or upload it again and publish.",
        "Ask whoever runs this site to restore them, or upload them again and publish.",
        number,
    )


def _shown_by(edition: GuideEdition, names: Iterable[str]) -> list[str]:
    exercises = {
        file: f"“{exercise.name}”"
        for exercise in selectors.guide_content(edition).exercises
        for picture in exercise.pictures
        for file in picture.files
    }
    return [exercises.get(name, _("your photo or logo")) for name in names]


def _address(edition: GuideEdition, name: str) -> str:
    """The admin page where the picture is uploaded."""
    if name.startswith(PRACTICE):
        return reverse("admin:assessments_practice_change")
    exercise = Exercise.objects.filter(pictures__picture=name).first()
    return address_of(exercise or edition.guide)


def _summary(names: list[str]) -> str:
    some, more = ", ".join(names[:NAMED]), len(names) - NAMED
    return _("{names} and {number} more").format(names=some, number=more) if more > 0 else some
