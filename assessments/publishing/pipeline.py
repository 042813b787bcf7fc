"""Publishing a draft: read, check, compare with the live edition, freeze as the next one.

Shared by self-checks and guides, which subclass `Draft`.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext

from assessments.checker import Finding
from runfit.lib import caching
from runfit.lib.diff import Change
from runfit.lib.json_format.faults import FaultsError
from runfit.lib.json_format.writing import canonical
from runfit.lib.models import Snapshot

Data = dict[str, Any]
ContentT = TypeVar("ContentT")
EditionT = TypeVar("EditionT", bound=Snapshot)


class PublishRefused(Exception):  # noqa: N818 - a refusal with its reasons
    """The draft can't be published. `findings` includes warnings."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(f"{one.where}: {one.message}" for one in self.findings))


@dataclass(frozen=True, slots=True)
class DraftStatus:
    """The status of a draft: the live version, and what publishing would change."""

    live: Any
    changes: tuple[Change, ...]

    def __str__(self) -> str:
        if self.live is None:
            return gettext("Not published yet: runners don't see it.")
        return gettext("Live: version {number}; {unpublished}").format(
            number=self.live.number, unpublished=self.unpublished
        )

    @property
    def settled(self) -> bool:
        """Whether a signed version is live and there are no unpublished changes."""
        return self.live is not None and bool(self.live.reviewed_by) and not self.changes

    @property
    def unpublished(self) -> str:
        count = len(self.changes)
        if not count:
            return gettext("no unpublished changes")
        return ngettext(
            "{number} unpublished change", "{number} unpublished changes", count
        ).format(number=count)


@dataclass(frozen=True, slots=True)
class DraftPreview:
    """What a draft would become: `errors` are those that it doesn't have now."""

    changes: tuple[Change, ...]
    errors: tuple[Finding, ...]


class Draft(Generic[ContentT, EditionT]):
    """The current draft, with its rows read once. Subclasses define everything up to `check`."""

    kind: ClassVar[str]  # the location of findings about the whole draft
    text_field: ClassVar[str]  # the column of an edition that holds its canonical JSON
    editions: QuerySet[EditionT]
    parse: Callable[[object], ContentT]  # raises FaultsError
    compare: Callable[..., list[Change]]  # takes the data before and after, and `coming`

    @cached_property
    def data(self) -> Data:
        """The rows as file data, even if incomplete."""
        raise NotImplementedError

    def check(self, content: ContentT) -> list[Finding]:
        """Findings about a complete draft."""
        raise NotImplementedError

    @cached_property
    def untranslated(self) -> dict[str, str]:
        """The languages of texts in another one, by their places in the edition's data."""
        raise NotImplementedError

    def is_same(self, live: EditionT) -> bool:
        """Whether publishing would create the same edition as the live one."""
        return bool(getattr(live, self.text_field) == self.text)

    def edition_data(self, edition: EditionT) -> Data:
        """An edition as file data."""
        return dict(json.loads(getattr(edition, self.text_field)))

    def compiled_data(self) -> Data:
        """The draft as edition data; the raw data if it is incomplete."""
        try:
            return dict(json.loads(self.text))
        except FaultsError:
            return self.data

    @cached_property
    def content(self) -> ContentT:
        """The content that publishing would freeze. Raises FaultsError if incomplete."""
        return self.parse(self.data)

    @cached_property
    def text(self) -> str:
        return canonical(self.content)

    @cached_property
    def findings(self) -> list[Finding]:
        """All findings. Errors block publishing."""
        try:
            content = self.content
        except FaultsError as error:
            return [
                Finding("error", "incomplete", fault.where, fault.message) for fault in error.faults
            ]
        return self.check(content)

    def live_edition(self) -> EditionT | None:
        """The one that's published now. Read anew each time: another may have come meanwhile."""
        return self.editions.order_by("-number").first()

    @property
    def status(self) -> DraftStatus:
        live = self.live_edition()
        if live is None:
            return DraftStatus(None, ())
        return DraftStatus(live, tuple(self.compare(self.edition_data(live), self.compiled_data())))

    def edition_changes(self, edition: EditionT) -> list[Change]:
        """What this version changed."""
        before = self.editions.filter(number__lt=edition.number).order_by("-number").first()
        if before is None:
            return []
        return self.compare(self.edition_data(before), self.edition_data(edition))

    def restore_changes(self, edition: EditionT) -> list[Change]:
        """What restoring this version would change in the draft."""
        return self.compare(self.compiled_data(), self.edition_data(edition), coming=True)

    def preview(self, after: Self) -> DraftPreview:
        """What this draft would change to become `after`."""
        changes = self.compare(self.compiled_data(), after.compiled_data(), coming=True)
        known = self.findings
        fresh = (each for each in after.findings if each not in known)
        return DraftPreview(
            tuple(changes), tuple(each for each in fresh if each.severity == "error")
        )

    def ensure_publishable(self, seen: DraftStatus | None) -> None:
        """Raise PublishRefused if there are errors, or the draft has changed since `seen`."""
        if seen and self.status != seen:
            raise self.changed_meanwhile()
        if any(finding.severity == "error" for finding in self.findings):
            raise PublishRefused(self.findings)

    def changed_meanwhile(self) -> PublishRefused:
        message = gettext(
            "The draft changed while we checked it. Look at what changed, then publish it."
        )
        return self._refused("changed_meanwhile", message)

    def next_number(self) -> int:
        """Raises PublishRefused if nothing has changed."""
        live = self.live_edition()
        if live and self.is_same(live):
            message = gettext(
                "Nothing has changed since version {number}, so there's nothing to publish."
            )
            raise self._refused("unchanged", message.format(number=live.number))
        return live.number + 1 if live else 1

    def freeze(self, **columns: Any) -> EditionT:
        """Create the next edition. Call in a transaction that locks out other publishers."""
        edition = self.editions.create(
            number=self.next_number(),
            sha256=sha256(self.text.encode()).hexdigest(),
            untranslated=self.untranslated or None,
            **{self.text_field: self.text},
            **columns,
        )
        transaction.on_commit(caching.clear)
        return edition

    def _refused(self, code: str, message: str) -> PublishRefused:
        return PublishRefused([Finding("error", code, self.kind, message)])
