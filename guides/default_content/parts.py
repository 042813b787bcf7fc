"""The parts of the default content, and content in which some of them are taken over.

Pure: content files as data, even if incomplete. An exercise and a plan are parts of their own; the
other parts are sections of a file.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from guides.content.pictures import files_of, pictures_of

Data = Mapping[str, Any]
Entries = Sequence[Data]

# The sections of a self-check, in the order of its pages, with the keys of their data. "texts" are
# all other keys.
SECTIONS = {
    "safety": ("safety",),
    "questions": ("questions",),
    "areas": ("dimensions", "confidence"),
    "results": ("profiles",),
    "advice": ("notices",),
    "faq": ("faq",),
    "why": ("why",),
    "cases": ("cases",),
    "texts": (),
}
SECTION_OF = {key: section for section, keys in SECTIONS.items() for key in keys}
# By what the entries of a list are told apart.
NAMES = {
    "questions": "key",
    "dimensions": "key",
    "profiles": "key",
    "notices": "key",
    "faq": "key",
    "cases": "name",
    "items": "key",
    "derived": "why",
}
RULES = ("shared_rules", "meta", "no_plan")
OWN_OF_GUIDE = ("slug", "assessment")


@dataclass(frozen=True, kw_only=True)
class Content:
    """A self-check, the exercises with their rules and plans, and a guide, as in their files.

    Plans are keyed by the self-check's result types alone. None stands for a file that isn't there.
    """

    check: Data | None = None
    library: Data | None = None
    guide: Data | None = None


@dataclass(frozen=True, order=True, slots=True)
class PartId:
    """`kind` is a section of the self-check, "rules", "exercise", "plan", "guide", or "emails";
    `key` tells exercises and plans apart."""

    kind: str
    key: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}" if self.key else self.kind

    @classmethod
    def read(cls, text: str) -> "PartId":
        kind, _, key = text.partition(":")
        return cls(kind, key)


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What taking over starts from: `mine` is the draft, `base` what it took from the default
    content before (None if that isn't known), and `offered` the new edition."""

    mine: Content
    base: Content
    offered: Content


def all_parts(sources: Sources) -> frozenset[PartId]:
    """Every part of the new edition that the draft has a place for, and those that it drops."""
    mine, offered = sources.mine, sources.offered
    parts = set[PartId]()
    if mine.check and offered.check:
        parts |= {PartId(section) for section in SECTIONS}
        parts |= {PartId("plan", key) for key in _offered_or_dropped(sources, _plans)}
    if mine.library and offered.library:
        keys = _offered_or_dropped(sources, _exercise_keys)
        parts |= {PartId("rules"), *(PartId("exercise", key) for key in keys)}
    if mine.guide and offered.guide:
        parts |= {PartId("guide"), PartId("emails")}
    return frozenset(parts)


def _offered_or_dropped(sources: Sources, keys: Callable[[Content], Iterable[str]]) -> set[str]:
    return {*keys(sources.offered)} | ({*keys(sources.mine)} & {*keys(sources.base)})


def merged(sources: Sources, chosen: Collection[PartId]) -> Content:
    """The draft with the chosen parts of the new edition. What the PT added herself stays."""
    return Content(
        check=_check(sources, {part.kind for part in chosen if part.kind in SECTIONS}),
        library=_library(sources, chosen),
        guide=_guide(sources, {part.kind for part in chosen}),
    )


def replaced(sources: Sources) -> Content:
    """The new edition in place of the whole draft."""
    mine, offered = sources.mine, sources.offered
    check = {**offered.check, "slug": mine.check["slug"]} if mine.check and offered.check else None
    guide = {**offered.guide, **_kept(mine.guide)} if mine.guide and offered.guide else None
    library = dict(offered.library) if mine.library and offered.library else None
    if library and not check:
        library["plans"] = _plans(mine)
    return Content(
        check=check or mine.check, library=library or mine.library, guide=guide or mine.guide
    )


def taken(sources: Sources, chosen: Collection[PartId]) -> Content:
    """What the draft has taken from the default content, once it has taken these parts too."""
    return merged(replace(sources, mine=sources.base), chosen)


def pictures(content: Content) -> set[str]:
    """The files of the exercises' pictures and clips."""
    exercises = (content.library or {}).get("exercises", ())
    return {
        file
        for exercise in exercises
        for picture in pictures_of(exercise)
        for file in files_of(picture)
    }


def section_of(key: str) -> str:
    """The section that a key of a self-check's file belongs to."""
    return SECTION_OF.get(key, "texts")


def names(entries: Iterable[Data], name: str) -> set[str]:
    return {str(entry[name]) for entry in entries}


def _check(sources: Sources, chosen: Collection[str]) -> Data | None:
    mine, base, offered = sources.mine.check, sources.base.check, sources.offered.check
    if mine is None or offered is None or not chosen:
        return mine
    result: dict[str, Any] = {}
    for key in dict.fromkeys([*offered, *mine]):
        if key == "slug" or section_of(key) not in chosen:
            result |= {key: mine[key]} if key in mine else {}
        else:
            result |= dict(_section(key, mine, (base or {}), offered))
    return result


def _section(key: str, mine: Data, base: Data, offered: Data) -> Iterator[tuple[str, Any]]:
    """One key of a section that is taken over, unless nothing is left of it."""
    if key == "safety":
        yield key, _safety(mine.get(key, {}), base.get(key, {}), offered[key])
    elif key in NAMES:
        entries = with_additions(
            mine.get(key, ()), base.get(key, ()), offered.get(key, ()), NAMES[key]
        )
        if entries or key in offered:
            yield key, entries
    elif key in offered:
        yield key, offered[key]


def _safety(mine: Data, base: Data, offered: Data) -> Data:
    lists = {
        key: with_additions(mine.get(key, ()), base.get(key, ()), offered[key], NAMES[key])
        for key in ("items", "derived")
    }
    return {**offered, **lists, "levels": _added(mine, base, offered, "levels")}


def with_additions(mine: Entries, base: Entries, offered: Entries, name: str) -> list[Data]:
    """The offered entries, and those that the PT added, each after what it stood after."""
    known = names(base, name) | names(offered, name)
    result = list(offered)
    for index, entry in enumerate(mine):
        if str(entry[name]) not in known:
            before = names(mine[:index], name)
            places = [at for at, other in enumerate(result, 1) if str(other[name]) in before]
            result.insert(max(places, default=0), entry)
    return result


def _added(mine: Data, base: Data, offered: Data, key: str) -> Data:
    """The offered objects, and those that the PT added."""
    known = {*base.get(key, ()), *offered.get(key, ())}
    own = {name: value for name, value in mine.get(key, {}).items() if name not in known}
    return {**offered.get(key, {}), **own}


def _library(sources: Sources, chosen: Collection[PartId]) -> Data | None:
    mine, offered = sources.mine.library, sources.offered.library
    if mine is None or offered is None:
        return mine
    result = dict(mine)
    if PartId("rules") in chosen:
        result = {key: mine[key] for key in mine if key not in RULES}
        result |= {key: offered[key] for key in RULES if key in offered}
    return {
        **result,
        "exercises": _exercises(mine, offered, {p.key for p in chosen if p.kind == "exercise"}),
        "plans": _plans_taken(mine, offered, {p.key for p in chosen if p.kind == "plan"}),
    }


def _exercises(mine: Data, offered: Data, chosen: Collection[str]) -> list[Data]:
    """The draft's exercises in its order. A new one comes after what it stands after."""
    theirs = {str(entry["id"]): entry for entry in offered["exercises"]}
    result = [
        theirs.get(str(entry["id"])) if entry["id"] in chosen else entry
        for entry in mine.get("exercises", ())
    ]
    left = [entry for entry in result if entry]
    had = names(mine.get("exercises", ()), "id")
    order = [*theirs]
    for key in order:
        if key in chosen and key not in had:
            before = {*order[: order.index(key)]}
            places = [at for at, other in enumerate(left, 1) if str(other["id"]) in before]
            left.insert(max(places, default=0), theirs[key])
    return left


def _plans_taken(mine: Data, offered: Data, chosen: Collection[str]) -> Data:
    plans = {key: plan for key, plan in mine.get("plans", {}).items() if key not in chosen}
    return {**plans, **{key: offered["plans"][key] for key in offered["plans"] if key in chosen}}


def _guide(sources: Sources, chosen: Collection[str]) -> Data | None:
    mine, base, offered = sources.mine.guide, sources.base.guide, sources.offered.guide
    if mine is None or offered is None:
        return mine
    result = dict(mine)
    if "guide" in chosen:
        result |= {**offered, **_kept(mine), "emails": mine.get("emails", {})}
    if "emails" in chosen:
        result["emails"] = _added(mine, base or {}, offered, "emails")
    return result


def _kept(guide: Data) -> Data:
    return {key: guide[key] for key in OWN_OF_GUIDE if key in guide}


def _exercise_keys(content: Content) -> set[str]:
    return names((content.library or {}).get("exercises", ()), "id")


def _plans(content: Content) -> Data:
    plans: Data = (content.library or {}).get("plans", {})
    return plans
