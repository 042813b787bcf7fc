"""What parts of the default content refer to each other, and so have to be taken over together."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from textwrap import shorten
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guides.default_content.parts import Content, Data, PartId, Sources, merged

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LONGEST = 60
USES = {
    "level": _("{owner} uses the safety level “{name}”"),
    "question": _("{owner} uses the question “{name}”"),
    "choice": _("{owner} uses the answer “{name}”"),
    "dimension": _("{owner} uses the score area “{name}”"),
    "faq": _("{owner} uses the question that runners ask “{name}”"),
    "profile": _("{owner} uses the result type “{name}”"),
    "exercise": _("{owner} uses the exercise “{name}”"),
    "plan": _("{owner} leads on to the plan “{name}”"),
}
Thing = tuple[str, ...]
"""A kind and a key; for an answer, its question's key too."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`entry` is the key of what refers to `thing`, and `owner` what the PT calls it."""

    part: PartId
    entry: str
    thing: Thing
    owner: str = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Together:
    """The parts to take over, with why each that wasn't chosen comes along; and what stands in the
    way, if anything does."""

    parts: frozenset[PartId]
    reasons: Mapping[PartId, str] = field(default_factory=dict)
    obstacles: tuple[str, ...] = ()


def together(sources: Sources, chosen: Collection[PartId]) -> Together:
    """The chosen parts and those that they can't be without."""
    names = Names(sources)
    parts, reasons = frozenset(chosen), dict[PartId, str]()
    offered = {thing: part for part, thing, _ in things(sources.offered)}
    own = _own(sources)
    while True:
        content = merged(sources, parts)
        present = {thing for _, thing, _ in things(content)}
        broken = [each for each in references(content) if each.thing not in present]
        more: dict[PartId, str] = {}
        for reference in broken:
            if reference.part not in parts and (reference.part, reference.entry) not in own:
                more.setdefault(
                    reference.part, gettext("{use}, which goes").format(use=names.used(reference))
                )
            elif reference.thing in offered and offered[reference.thing] not in parts:
                more.setdefault(offered[reference.thing], names.used(reference))
        if not more:
            obstacles = [
                gettext("{use}, which goes.").format(use=names.used(each)) for each in broken
            ]
            obstacles += _same_ranks(content)
            return Together(parts=parts, reasons=reasons, obstacles=tuple(dict.fromkeys(obstacles)))
        parts, reasons = parts | {*more}, {**more, **reasons}


class Names:
    """What the PT calls things."""

    def __init__(self, sources: Sources) -> None:
        self.names = {
            thing: name
            for content in (sources.offered, sources.mine)
            for _, thing, name in things(content)
        }

    def used(self, reference: Reference) -> str:
        kind, *keys = reference.thing
        name = self.names.get(reference.thing, keys[-1])
        text = USES[kind].format(owner=reference.owner, name=_short(name))
        return text[0].upper() + text[1:]


def things(content: Content) -> Iterator[tuple[PartId, Thing, str]]:
    """Everything that can be referred to, with its part and what it's called."""
    check, library = content.check or {}, content.library or {}
    for key, level in check.get("safety", {}).get("levels", {}).items():
        yield PartId("safety"), ("level", key), str(level["title"])
    for question in check.get("questions", ()):
        part, key = PartId("questions"), str(question["key"])
        yield part, ("question", key), str(question["text"])
        for choice in question.get("choices", ()):
            yield part, ("choice", key, str(choice["key"])), str(choice["label"])
    for dimension in check.get("dimensions", ()):
        yield PartId("areas"), ("dimension", str(dimension["key"])), str(dimension["label"])
    for faq in check.get("faq", ()):
        yield PartId("faq"), ("faq", str(faq["key"])), str(faq["question"])
    for profile in check.get("profiles", ()):
        yield PartId("results"), ("profile", str(profile["key"])), str(profile["title"])
    for exercise in library.get("exercises", ()):
        key = str(exercise["id"])
        yield PartId("exercise", key), ("exercise", key), str(exercise["name"])
    for key, plan in library.get("plans", {}).items():
        yield PartId("plan", key), ("plan", key), str(plan["title"])


def references(content: Content) -> Iterator[Reference]:
    """Every reference that would leave the draft broken. Cases, and the safety items for which an
    exercise is left out, may name what isn't there."""
    check, library = content.check or {}, content.library or {}
    for item in check.get("safety", {}).get("items", ()):
        yield from _all_of(
            PartId("safety"), item, _("the safety list item “{name}”"), _levels(item)
        )
    for rule in check.get("safety", {}).get("derived", ()):
        found = [*_levels(rule), *_conditions(rule["when"])]
        yield from _all_of(PartId("safety"), rule, _("the safety rule “{name}”"), found)
    for question in check.get("questions", ()):
        found = [*_conditions(question.get("show_if", ())), *_dimensions(question)]
        yield from _all_of(PartId("questions"), question, _("the question “{name}”"), found)
    for profile in check.get("profiles", ()):
        found = [*_rule(profile), *(("faq", key) for key in profile.get("faq", ()))]
        yield from _all_of(PartId("results"), profile, _("the result type “{name}”"), found)
    for notice in check.get("notices", ()):
        found = [*_rule(notice), *([("faq", notice["faq"])] if notice.get("faq") else ())]
        yield from _all_of(PartId("advice"), notice, _("the extra advice “{name}”"), found)
    for exercise in library.get("exercises", ()):
        instead = [("exercise", exercise["instead"])] if exercise.get("instead") else []
        yield from _all_of(
            PartId("exercise", exercise["id"]), exercise, _("the exercise “{name}”"), instead
        )
    for key, plan in library.get("plans", {}).items():
        steps = [step for block in plan["blocks"] for step in block["exercises"]]
        then = [("plan", plan["next_plan"])] if plan.get("next_plan") else []
        found = [("profile", key), *(("exercise", step["id"]) for step in steps), *then]
        yield from _all_of(PartId("plan", key), {**plan, "key": key}, _("the plan “{name}”"), found)


def _short(text: str) -> str:
    return shorten(text, LONGEST, placeholder="…")


def _all_of(
    part: PartId, entry: Data, called: "StrPromise", found: Iterable[Thing]
) -> Iterator[Reference]:
    key = next(str(entry[name]) for name in ("key", "id", "why") if name in entry)
    title = next(str(entry[name]) for name in ("title", "name", "text", "why") if name in entry)
    for thing in found:
        yield Reference(part, key, thing, called.format(name=_short(title)))


def _levels(entry: Data) -> list[Thing]:
    return [("level", entry["level"])]


def _dimensions(question: Data) -> Iterator[Thing]:
    for option in (*question.get("choices", ()), *question.get("bands", ())):
        yield from (("dimension", key) for key in option["points"])


def _rule(entry: Data) -> Iterator[Thing]:
    return _conditions(condition for way in entry.get("rule", ()) for condition in way)


def _conditions(conditions: Iterable[Data]) -> Iterator[Thing]:
    for condition in conditions:
        if "score" in condition:
            yield "dimension", condition["score"]
        if "answer" in condition:
            question = condition["answer"]
            yield "question", question
            picked = condition.get("in") or condition.get("not_in") or ()
            yield from (("choice", question, key) for key in picked)


def _own(sources: Sources) -> set[tuple[PartId, str]]:
    """The entries that the PT added: to take over their part doesn't change them."""
    entries = {(each.part, each.entry) for each in references(sources.mine)}
    known = (*references(sources.offered), *references(sources.base))
    return entries - {(each.part, each.entry) for each in known}


def _same_ranks(content: Content) -> Iterator[str]:
    """How serious each safety level is, is a number of its own."""
    seen: dict[int, str] = {}
    levels: Mapping[str, Data] = (content.check or {}).get("safety", {}).get("levels", {})
    for level in levels.values():
        rank, title = level["rank"], level["title"]
        if rank in seen:
            text = gettext("The safety levels “{one}” and “{other}” are both as serious as {rank}.")
            yield text.format(one=seen[rank], other=title, rank=rank)
        seen.setdefault(rank, title)
