"""Forms that are saved knowing what others saved while their page was open."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.models import BaseInlineFormSet
from django.http import QueryDict
from django.utils.html import format_html

from assessments.desk.concurrent_edits.authors import Author
from assessments.desk.concurrent_edits.conflicts import TAKE_THEIRS, EditConflicts, named
from assessments.desk.concurrent_edits.page_state import (
    Digests,
    compared,
    label,
    posted,
    touched,
    words,
)
from assessments.desk.large_lists import NUMBER


class MergingForm(forms.ModelForm):
    """The form of a page's own row."""

    meanwhile: EditConflicts

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.faults: dict[str, ValidationError] = {}
        opened = self.meanwhile.opened
        if self.is_bound and self.instance.pk and opened:
            self.faults = self.meanwhile.merge(self, opened.form, "")

    def full_clean(self) -> None:
        super().full_clean()
        for name, fault in self.faults.items():
            self.add_error(name, fault)


class MergingFormSet(BaseInlineFormSet):
    """The rows on a page. One that is gone is left out, so that the rest can be saved."""

    meanwhile: EditConflicts
    model: Any
    prefix: str
    data: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.faults: list[ValidationError] = []
        self.row_faults: dict[int, dict[str, ValidationError]] = {}
        if self.is_bound:
            self._leave_out_gone()
            if self.opened is not None:
                self._see_added(self.opened)
                self._merge_order([*self.opened])

    @property
    def opened(self) -> dict[str, Digests] | None:
        """None where the page does not say."""
        page = self.meanwhile.opened
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
            if self.meanwhile.changed(form, opened, *left_out(self)):
                self.faults.append(self._deleting(form.instance))
        else:
            self.row_faults[index] = self.meanwhile.merge(form, opened, about, *left_out(self))

    def full_clean(self) -> None:
        for index, form in enumerate(self.forms):
            if faults := self.row_faults.get(index):
                form.full_clean()
                for name, fault in faults.items():
                    form.add_error(name, fault)
        super().full_clean()

    def clean(self) -> None:
        super().clean()
        if self.faults:
            raise ValidationError(self.faults)

    def _deleting(self, row: Model) -> ValidationError:
        said = self.meanwhile.author(row).did(f"changed {named(row)}")
        return ValidationError(
            f"{said} while you had this page open. Look at it again. To delete it all the same, "
            "save again."
        )

    def _posted(self) -> dict[int, str]:
        """The numbers of the rows that the page had."""
        name = self.model._meta.pk.name
        keys = ((i, f"{self.add_prefix(i)}-{name}") for i in range(self.initial_form_count()))
        return {i: self.data[key] for i, key in keys if self.data.get(key)}

    def _leave_out_gone(self) -> None:
        there = {str(row.pk) for row in self.get_queryset()}
        gone = {i: pk for i, pk in self._posted().items() if pk not in there}
        if not gone:
            return
        for index, pk in gone.items():
            if f"{self.add_prefix(index)}-DELETE" not in self.data:
                self._tell_gone(index, pk)
        total, initial = self.total_form_count(), self.initial_form_count()
        left = [i for i in range(total) if i not in gone]
        moved = {old: new for new, old in enumerate(left)}
        self.data = _renumbered(self.data, self.prefix, moved, gone)
        self.data[f"{self.prefix}-TOTAL_FORMS"] = str(total - len(gone))
        self.data[f"{self.prefix}-INITIAL_FORMS"] = str(initial - len(gone))
        del self.management_form  # read before

    def _tell_gone(self, index: int, pk: str) -> None:
        """In a form of its own, for the words of its fields."""
        prefix, more = self.add_prefix(index), self.get_form_kwargs(index)
        form: Any = self.form(self.data, self.files, prefix=prefix, **more)
        opened = (self.opened or {}).get(pk, {})
        said = {
            label(form, name): words(form, name, posted(form, name) or [])
            for name in compared(form, *left_out(self))
            if not form.fields[name].widget.is_hidden and touched(form, name, opened.get(name, ""))
        }
        typed = "; ".join(f"{field}: “{text}”" for field, text in said.items() if text)
        self.meanwhile.deleted(self.model, pk, typed, next(iter(said.values()), pk))

    def _see_added(self, opened: dict[str, Digests]) -> None:
        known = {*opened, *self._posted().values()}
        self.meanwhile.added(row for row in self.get_queryset() if str(row.pk) not in known)

    def _merge_order(self, opened: list[str]) -> None:
        if not self.order_field:
            return
        rows = {str(row.pk): row for row in self.get_queryset()}
        places = {
            pk: self.data.get(f"{self.add_prefix(i)}-{self.order_field}", "")
            for i, pk in self._posted().items()
        }
        shared = [pk for pk in opened if pk in rows and pk in places]
        now = [pk for pk in rows if pk in shared]
        hers = sorted(shared, key=lambda pk: int(places[pk]) if NUMBER.fullmatch(places[pk]) else 0)
        key = f"{self.prefix}:{self.order_field}"
        if key in self.meanwhile.theirs:
            self._put_order(rows)
        elif now in (shared, hers):
            return
        elif hers == shared:
            self._put_order(rows)
            self.meanwhile.lines.append(f"{self._reordered(rows.values())}. That change was kept.")
        else:
            self.faults.append(self._order_fault([rows[pk] for pk in now], key))

    def _put_order(self, rows: dict[str, Model]) -> None:
        for index, pk in self._posted().items():
            place = str(getattr(rows[pk], self.order_field))
            self.data[f"{self.add_prefix(index)}-{self.order_field}"] = place

    def _reordered(self, rows: Iterable[Model]) -> str:
        authors = (self.meanwhile.author(row, self.order_field) for row in rows)
        author = next((each for each in authors if each.when), Author())
        return author.did(f"changed the order of the {self.model._meta.verbose_name_plural}")

    def _order_fault(self, rows: list[Model], key: str) -> ValidationError:
        return ValidationError(
            format_html(
                "{} while you had this page open, and so did you. Theirs: {}. Save again to keep "
                'yours. <label class="theirs"><input type="checkbox" name="{}" value="{}"> Take '
                "their order</label>",
                self._reordered(rows),
                ", ".join(f"“{row}”" for row in rows),
                TAKE_THEIRS,
                key,
            )
        )


def left_out(formset: Any) -> tuple[str, ...]:
    """What tells of a row where it belongs, and not what it says."""
    order = getattr(formset, "default_order_field", None) or ""
    return (formset.model._meta.pk.name, formset.fk.name, "DELETE", order)


def _renumbered(data: Any, prefix: str, moved: dict[int, int], gone: Iterable[int]) -> QueryDict:
    """The posted rows without those that are gone, counted anew."""
    kept = QueryDict(mutable=True)
    row = re.compile(rf"{re.escape(prefix)}-({NUMBER.pattern})-(.*)", re.DOTALL)
    for key, values in data.lists():
        found = row.fullmatch(key)
        number = int(found[1]) if found else -1
        if number in gone:
            continue
        place = f"{prefix}-{moved[number]}-{found[2]}" if found and number in moved else key
        kept.setlist(place, values)
    return kept
