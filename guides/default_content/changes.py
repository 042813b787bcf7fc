"""What a new edition of the default content would change in the draft, in words, part by part."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.publishing.changes import assessment_changes
from guides.content.pictures import FILES, files_of, with_pictures
from guides.default_content.parts import (
    OWN_OF_GUIDE,
    RULES,
    Content,
    Data,
    PartId,
    Sources,
    section_of,
)
from guides.publishing.changes import WORDS, comparable, plan_named
from runfit.lib.diff import Change, FieldNames, differences

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OWN = {
    "new": _("You added this."),
    "edited": _("You changed this."),
    "moved": _("You moved this."),
    "removed": _("You took this out."),
}
FIELDS = {
    "meta": _("rules for all exercises"),
    "no_plan": _("why there is no plan"),
    "drawing": _("the drawing"),
}
THE_NEW_ONE = _("the new one")
Drawings = Mapping[str, str]
"""What tells each picture from others, by its file."""


@dataclass(frozen=True, slots=True)
class Line:
    """A change, and what the PT did there herself (blank if nothing)."""

    part: PartId
    text: str
    own: str = ""

    def __str__(self) -> str:
        return self.text


def lines(
    sources: Sources,
    after: Content,
    *,
    drawn: Drawings,
    offered: Drawings,
    another: "StrOrPromise" = THE_NEW_ONE,
) -> list[Line]:
    """What changes in the drafts if they become `after`. `drawn` and `offered` are the pictures of
    the drafts and of `after`, and `another` is what an other one is called."""
    mine, base = sources.mine, sources.base
    of_check: list[Change] = []
    if mine.check and after.check:
        of_check = assessment_changes(mine.check, after.check, coming=True)
    before = _document(mine, drawn, gettext("yours"))
    coming = _document(after, {**drawn, **offered}, str(another))
    of_rest = differences(before, coming, _words(coming=True))
    return [
        *_lines(of_check, _own_in_check(mine, base), _part_of_check),
        *_lines(of_rest, _own_in_rest(mine, base), _part_of_rest),
    ]


def _lines(
    coming: Iterable[Change], own: Iterable[Change], part_of: Callable[[Change], PartId | None]
) -> Iterator[Line]:
    own = list(own)
    for change in coming:
        if part := part_of(change):
            met = (str(OWN[each.kind]) for each in own if each.place.meets(change.place))
            yield Line(part, change.text, next(met, ""))


def _own_in_check(mine: Content, base: Content) -> list[Change]:
    if not mine.check or not base.check:
        return []
    return assessment_changes(base.check, mine.check)


def _own_in_rest(mine: Content, base: Content) -> list[Change]:
    before, after = _document(base, {}), _document(mine, {})
    known = {key: part for key, part in after.items() if key in before}
    return differences(before, known, _words())


def _part_of_check(change: Change) -> PartId | None:
    key = change.place.keys[0]
    return None if key == "slug" else PartId(section_of("why" if key == "the_why" else key))


def _part_of_rest(change: Change) -> PartId | None:
    """None for the order of exercises and plans: each of them is a part of its own."""
    key, *inner = change.place.keys
    if key in {"exercises", "plans"}:
        order = change.kind == "moved" and len(inner) == 2  # not that of a session
        return None if order else PartId(key.removesuffix("s"), inner[0])
    if key in RULES:
        return PartId("rules")
    return PartId("emails" if key == "emails" else "guide")


def _document(content: Content, drawings: Drawings, drawn: str = "") -> dict[str, Any]:
    """The guide, and the exercises with rules and plans, as one document to compare."""
    guide, library = content.guide or {}, content.library or {}
    document = {key: guide[key] for key in guide if key not in OWN_OF_GUIDE}
    document |= {key: library[key] for key in library if key in RULES}
    titles = {each["key"]: each["title"] for each in (content.check or {}).get("profiles", ())}
    parts = {
        "references": guide.get("references", ()),
        "exercises": [_drawn(each, drawings) for each in library.get("exercises", ())],
        "profiles": [
            {"key": key, "_title": titles.get(key, plan["title"]), "plan": plan}
            for key, plan in library.get("plans", {}).items()
        ],
    }
    compared = comparable({**document, **parts})
    plans = [{**each["plan"], **each, "plan": None} for each in compared.pop("profiles")]
    compared |= {"plans": plans, "_drawn": drawn}
    missing = {*(() if guide else ("references",)), *(() if library else ("exercises", "plans"))}
    return {key: value for key, value in compared.items() if key not in missing}


def _drawn(exercise: Data, drawings: Drawings) -> Data:
    """Pictures are compared by what they show: a file is stored under another name if an other one
    had its name."""

    def drawn(picture: Data) -> Data:
        kept = {key: value for key, value in picture.items() if key not in FILES}
        return {
            "drawing": " ".join(drawings.get(file, file) for file in files_of(picture)),
            **kept,
        }

    return with_pictures(exercise, drawn)


def _words(*, coming: bool = False) -> FieldNames:
    return replace(
        WORDS,
        parts={**WORDS.parts, "plans": _("plan for")},
        fields={**WORDS.fields, **FIELDS},
        in_words=_in_words,
        coming=coming,
    )


def _in_words(key: str, value: Any, data: Data) -> str | None:
    if key == "drawing":
        return str(data["_drawn"]) if value else gettext("none")
    if key == "next_plan":
        return plan_named({plan["key"]: plan for plan in data["plans"]}, value)
    return WORDS.in_words(key, value, data)
