"""What a new edition of the default content offers to the drafts."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guides.content import Kind, is_to_fill_in
from guides.default_content.changes import Line, lines
from guides.default_content.drafts import drafts_exist, drafts_read
from guides.default_content.files import edition
from guides.default_content.parts import (
    SECTIONS,
    Content,
    PartId,
    Sources,
    all_parts,
    merged,
    pictures,
    replaced,
)
from guides.default_content.references import Together, together
from guides.models import LoadedContent
from guides.pdf.file_integrity import file_checksum

TITLES = {
    "safety": _("Safety list"),
    "questions": _("Questions, with their answers and points"),
    "areas": _("Score areas"),
    "results": _("Result types"),
    "advice": _("Extra advice"),
    "faq": _("Questions that runners ask"),
    "why": _("The why"),
    "cases": _("Cases"),
    "texts": _("Other words"),
    "rules": _("Rules for all exercises"),
    "guide": _("Words of the guide"),
    "emails": _("Emails"),
}
SELF_CHECK, EXERCISES, GUIDE = "check", "library", "guide"
FIELDS = {
    **dict.fromkeys(SECTIONS, SELF_CHECK),
    **dict.fromkeys(("rules", "exercise", "plan"), EXERCISES),
    **dict.fromkeys(("guide", "emails"), GUIDE),
}
KINDS: Mapping[str, Kind] = {SELF_CHECK: "assessment", EXERCISES: "exercises", GUIDE: "guide"}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the new edition that differs from the draft."""

    id: PartId
    title: str
    lines: tuple[Line, ...]
    is_new: bool  # unlike a part that only differs because the PT changed it

    @property
    def field(self) -> str:
        """The draft that it's a part of."""
        return FIELDS[self.id.kind]

    @property
    def own(self) -> list[Line]:
        """The changes of what the PT did herself."""
        return [line for line in self.lines if line.own]


class Offer:
    """The edition that this RunFit comes with, next to the drafts. Files of which no edition was
    loaded here are left out."""

    def __init__(self, rows: QuerySet[LoadedContent] | None = None) -> None:
        self.edition = edition()
        names = [file.name for file in self.edition.files.values()]
        rows = LoadedContent.objects.all() if rows is None else rows
        loaded = rows.filter(name__in=names).exclude(taken="")
        found = {row.name: row for row in loaded}
        files = self.edition.files
        self.loaded = {
            field: found[files[kind].name]
            for field, kind in KINDS.items()
            if kind in files and files[kind].name in found
        }

    @property
    def is_new(self) -> bool:
        """Whether the PT has neither taken over nor put away all of it."""
        return any(
            self.fingerprint(field) not in {row.taken, row.declined}
            for field, row in self.loaded.items()
        )

    def fingerprint(self, field: str) -> str:
        return self.edition.files[KINDS[field]].fingerprint

    def slug(self, field: str) -> str:
        """The slug of a file's draft; blank if none was loaded."""
        loaded = field in self.loaded
        return str(self.edition.files[KINDS[field]].data["slug"]) if loaded else ""

    @cached_property
    def sources(self) -> Sources:
        content = self.edition.content
        offered = Content(**{field: getattr(content, field) for field in self.loaded})
        mine = drafts_read(offered)
        base = {
            field: json.loads(row.base)
            for field, row in self.loaded.items()
            if row.base and getattr(mine, field) is not None
        }
        return Sources(mine=mine, base=Content(**base), offered=_with_own_secret(offered, mine))

    @cached_property
    def parts(self) -> list[Part]:
        """The parts that differ, in the order of the pages."""
        return self._parts(merged(self.sources, all_parts(self.sources)))

    @cached_property
    def whole(self) -> list[Part]:
        """The same if what the PT added goes too."""
        return self._parts(replaced(self.sources))

    @property
    def own_unknown(self) -> bool:
        """Whether it can't be told what in a draft is the PT's own."""
        mine, base = self.sources.mine, self.sources.base
        return any(getattr(mine, field) and not getattr(base, field) for field in self.loaded)

    def together(self, chosen: Collection[PartId]) -> Together:
        return together(self.sources, {part.id for part in self.parts} & {*chosen})

    def _parts(self, after: Content) -> list[Part]:
        drawn = drawings_stored(self.sources.mine)
        found = defaultdict[PartId, list[Line]](list)
        for line in lines(self.sources, after, drawn=drawn, offered=self.edition.drawings()):
            found[line.part].append(line)
        titles = _titles(self.sources.mine) | _titles(self.sources.offered)
        order = [*FIELDS]
        ids = sorted(found, key=lambda part: order.index(part.kind))
        news = self._news
        return [Part(part, titles[part], tuple(found[part]), part in news) for part in ids]

    @cached_property
    def _news(self) -> set[PartId]:
        """The parts that this edition changed since the draft took them."""
        sources = replace(self.sources, mine=self.sources.base)
        parts = all_parts(self.sources)
        drawn = drawings_stored(sources.mine)
        changed = lines(
            sources, merged(sources, parts), drawn=drawn, offered=self.edition.drawings()
        )
        unknown = {part for part in parts if getattr(sources.base, FIELDS[part.kind]) is None}
        return {line.part for line in changed} | unknown


def drawings_stored(content: Content) -> dict[str, str]:
    """What tells each stored picture from others, by its file."""
    return {file: file_checksum(file) for file in pictures(content)}


def offer_waits() -> bool:
    """Whether there is a new edition for drafts that still exist."""
    offer = Offer(LoadedContent.objects.defer("base"))
    return offer.is_new and drafts_exist(offer.edition.content)


def _titles(content: Content) -> dict[PartId, str]:
    library = content.library or {}
    profiles = {each["key"]: each["title"] for each in (content.check or {}).get("profiles", ())}
    return {
        **{PartId(kind): str(title) for kind, title in TITLES.items()},
        **{PartId("exercise", each["id"]): each["name"] for each in library.get("exercises", ())},
        **{
            PartId("plan", key): profiles.get(key, plan["title"])
            for key, plan in library.get("plans", {}).items()
        },
    }


def _with_own_secret(offered: Content, mine: Content) -> Content:
    """The secret is the PT's own as soon as she wrote it."""
    if not offered.guide or not mine.guide or is_to_fill_in(mine.guide["secret"]["text"]):
        return offered
    return replace(offered, guide={**offered.guide, "secret": mine.guide["secret"]})
