"""Forms and formsets that merge changes others saved while the page was open."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.models import BaseInlineFormSet
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from assessments.desk.concurrent_edits.authors import Author
from assessments.desk.concurrent_edits.conflicts import TAKE_THEIRS, EditConflicts, named
from assessments.desk.concurrent_edits.page_state import (
    Digests,
    comparable_fields,
    display_text,
    label,
    posted,
    was_edited,
)
from assessments.desk.deletions.uses import uses
from assessments.desk.large_lists import NUMBER


class MergingForm(forms.ModelForm):
    """The main form of a change page."""

    conflicts: EditConflicts

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.faults: dict[str, ValidationError] = {}
        opened = self.conflicts.opened
        if self.is_bound and self.instance.pk and opened:
            self.faults = self.conflicts.merge(self, opened.form, "")

    def full_clean(self) -> None:
        super().full_clean()
        for name, fault in self.faults.items():
            self.add_error(name, fault)


class MergingFormSet(BaseInlineFormSet):
    """The inline rows of a change page. Deleted rows are dropped, so that the rest can be saved."""

    conflicts: EditConflicts
    model: Any
    prefix: str
    data: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.faults: list[ValidationError] = []
        self.row_faults: dict[int, dict[str, ValidationError]] = {}
        if self.is_bound:
            self._drop_deleted()
            if self.opened is not None:
                self._report_added(self.opened)
                self._merge_order([*self.opened])

    @property
    def opened(self) -> dict[str, Digests] | None:
        """The digests of each row; None if the page carries none."""
        page = self.conflicts.opened
        return page.rows.get(self.prefix) if page else None

    @property
    def order_field(self) -> str:
        return getattr(self, "default_order_field", None) or ""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if not self.is_bound or index is None or not form.instance.pk or not self.opened:
            return
        opened = self.opened.get(str(form.instance.pk))
        if opened is None:
            return
        about = f"{self.prefix}:{form.instance.pk}:"
        if f"{form.prefix}-DELETE" in self.data:
            if self.conflicts.changed(form, opened, *excluded_fields(self)):
                self.faults.append(self._delete_conflict(form.instance))
        else:
            self.row_faults[index] = self.conflicts.merge(
                form, opened, about, *excluded_fields(self)
            )

    def full_clean(self) -> None:
        for index, form in enumerate(self.forms):
            if faults := self.row_faults.get(index):
                form.full_clean()
                for name, fault in faults.items():
                    form.add_error(name, fault)
        super().full_clean()

    def clean(self) -> None:
        if held := [*self._still_used()]:
            raise ValidationError(held)
        super().clean()
        if self.faults:
            raise ValidationError(self.faults)

    def _still_used(self) -> Iterator[ValidationError]:
        """Says of each row to delete what uses it, before Django says so in words of its own."""
        for form in self.initial_forms:
            if not getattr(form, "cleaned_data", {}).get("DELETE"):
                continue
            if found := uses([form.instance]):
                told = gettext(
                    "“{row}” is still used here: {places}. Take it out there first, then delete it."
                )
                places = format_html_join(", ", "{}", ((place,) for place in found))
                yield ValidationError(format_html(told, row=form.instance, places=places))

    def _delete_conflict(self, row: Model) -> ValidationError:
        change = self.conflicts.author(row).did(gettext("{who} changed {row}"), row=named(row))
        return ValidationError(
            gettext(
                "{change} while you had this page open. Look at it again. To delete it anyway, "
                "save again."
            ).format(change=change)
        )

    def _posted_pks(self) -> dict[int, str]:
        """Primary keys of the posted rows, by form index."""
        name = self.model._meta.pk.name
        keys = ((i, f"{self.add_prefix(i)}-{name}") for i in range(self.initial_form_count()))
        return {i: self.data[key] for i, key in keys if self.data.get(key)}

    def _drop_deleted(self) -> None:
        existing = {str(row.pk) for row in self.get_queryset()}
        deleted = {i: pk for i, pk in self._posted_pks().items() if pk not in existing}
        if not deleted:
            return
        for index, pk in deleted.items():
            if f"{self.add_prefix(index)}-DELETE" not in self.data:
                self._report_deleted(index, pk)
        total, initial = self.total_form_count(), self.initial_form_count()
        remaining = [i for i in range(total) if i not in deleted]
        moved = {old: new for new, old in enumerate(remaining)}
        self.data = _renumbered(self.data, self.prefix, moved, deleted)
        self.data[f"{self.prefix}-TOTAL_FORMS"] = str(total - len(deleted))
        self.data[f"{self.prefix}-INITIAL_FORMS"] = str(initial - len(deleted))
        del self.management_form  # clears the cached property

    def _report_deleted(self, index: int, pk: str) -> None:
        """Builds a form for the deleted row, to get its labels and the texts that were typed."""
        prefix, form_kwargs = self.add_prefix(index), self.get_form_kwargs(index)
        form: Any = self.form(self.data, self.files, prefix=prefix, **form_kwargs)
        opened = (self.opened or {}).get(pk, {})
        texts = {
            label(form, name): display_text(form, name, posted(form, name) or [])
            for name in comparable_fields(form, *excluded_fields(self))
            if not form.fields[name].widget.is_hidden
            and was_edited(form, name, opened.get(name, ""))
        }
        typed = "; ".join(f"{field}: “{text}”" for field, text in texts.items() if text)
        self.conflicts.deleted(self.model, pk, typed, next(iter(texts.values()), pk))

    def _report_added(self, opened: dict[str, Digests]) -> None:
        known = {*opened, *self._posted_pks().values()}
        self.conflicts.added(row for row in self.get_queryset() if str(row.pk) not in known)

    def _merge_order(self, opened: list[str]) -> None:
        if not self.order_field:
            return
        rows = {str(row.pk): row for row in self.get_queryset()}
        places = {
            pk: self.data.get(f"{self.add_prefix(i)}-{self.order_field}", "")
            for i, pk in self._posted_pks().items()
        }
        shared = [pk for pk in opened if pk in rows and pk in places]
        theirs = [pk for pk in rows if pk in shared]
        ours = sorted(shared, key=lambda pk: int(places[pk]) if NUMBER.fullmatch(places[pk]) else 0)
        key = f"{self.prefix}:{self.order_field}"
        if key in self.conflicts.theirs:
            self._set_order(rows)
        elif theirs in (shared, ours):
            return
        elif ours == shared:
            self._set_order(rows)
            change = self._reordered(rows.values())
            kept = gettext("That change was kept.")
            self.conflicts.lines.append(f"{change}. {kept}")
        else:
            self.faults.append(self._order_conflict([rows[pk] for pk in theirs], key))

    def _set_order(self, rows: dict[str, Model]) -> None:
        for index, pk in self._posted_pks().items():
            place = str(getattr(rows[pk], self.order_field))
            self.data[f"{self.add_prefix(index)}-{self.order_field}"] = place

    def _reordered(self, rows: Iterable[Model]) -> str:
        authors = (self.conflicts.author(row, self.order_field) for row in rows)
        author = next((author for author in authors if author.when), Author())
        return author.did(
            gettext("{who} changed the order of the {rows}"),
            rows=str(self.model._meta.verbose_name_plural),
        )

    def _order_conflict(self, rows: list[Model], key: str) -> ValidationError:
        return ValidationError(
            format_html(
                '{} <label class="theirs"><input type="checkbox" name="{}" value="{}"> {}</label>',
                gettext(
                    "{change} while you had this page open, and so did you. Theirs: {order}. Save "
                    "again to keep yours."
                ).format(change=self._reordered(rows), order=", ".join(f"“{row}”" for row in rows)),
                TAKE_THEIRS,
                key,
                gettext("Take their order"),
            )
        )


def excluded_fields(formset: Any) -> tuple[str, ...]:
    """Fields that place a row rather than hold its content: key, parent, delete box and order."""
    order = getattr(formset, "default_order_field", None) or ""
    return (formset.model._meta.pk.name, formset.fk.name, "DELETE", order)


def _renumbered(data: Any, prefix: str, moved: dict[int, int], deleted: Iterable[int]) -> QueryDict:
    """The posted data without the deleted rows, with the rest renumbered."""
    renumbered = QueryDict(mutable=True)
    row = re.compile(rf"{re.escape(prefix)}-({NUMBER.pattern})-(.*)", re.DOTALL)
    for key, values in data.lists():
        match = row.fullmatch(key)
        number = int(match[1]) if match else -1
        if number in deleted:
            continue
        new_key = f"{prefix}-{moved[number]}-{match[2]}" if match and number in moved else key
        renumbered.setlist(new_key, values)
    return renumbered
