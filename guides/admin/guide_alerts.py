"""Alerts on the desk's first page about guides with faults, and missing files."""

from collections.abc import Iterable, Iterator

from django.http import HttpRequest
from django.urls import reverse

from assessments.desk.links import address_of
from assessments.hooks import Alert
from guides import selectors
from guides.models import Exercise, GuideEdition, GuideFault

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
    reasons = dict.fromkeys(fault.reason for fault in faults if fault.reason)
    if reasons:
        yield Alert(
            f"“{edition.guide}” can't be sent as it should be",
            f"{' '.join(reasons)} Runners get it in another form until you fix this and publish.",
            address_of(edition.guide),
        )
    names = dict.fromkeys(name for fault in faults for name in fault.left_out)
    if names:
        yield _without_pictures(edition, list(names))


def _without_pictures(edition: GuideEdition, names: list[str]) -> Alert:
    return Alert(
        f"“{edition.guide}” goes out without {_pictures(len(names))}",
        f"Gone from this server, or damaged: {_summary(_shown_by(edition, names))}. "
        f"{_bring_back(len(names))}",
        _address(edition, names[0]),
    )


def _missing(names: list[str]) -> Alert:
    return Alert(
        f"{_files(len(names))} gone from this server",
        f"{_summary(names)}. {_bring_back(len(names))}",
        reverse("admin:assessments_practice_change")
        if names[0].startswith(PRACTICE)
        else reverse("admin:guides_exercise_changelist"),
    )


def _bring_back(number: int) -> str:
    them = "it" if number == 1 else "them"
    return f"Ask whoever runs this site to restore {them}, or upload {them} again and publish."


def _shown_by(edition: GuideEdition, names: Iterable[str]) -> list[str]:
    exercises = {
        file: f"“{exercise.name}”"
        for exercise in selectors.guide_content(edition).exercises
        for picture in exercise.pictures
        for file in picture.files
    }
    return [exercises.get(name, "your photo or logo") for name in names]


def _address(edition: GuideEdition, name: str) -> str:
    """The admin page where the picture is uploaded."""
    if name.startswith(PRACTICE):
        return reverse("admin:assessments_practice_change")
    exercise = Exercise.objects.filter(pictures__picture=name).first()
    return address_of(exercise or edition.guide)


def _summary(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _pictures(number: int) -> str:
    return "a picture" if number == 1 else f"{number} pictures"


def _files(number: int) -> str:
    return "A file is" if number == 1 else f"{number} files are"
