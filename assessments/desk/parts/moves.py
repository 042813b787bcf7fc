"""Rows of a form that can be dragged: what the history tells of a new order."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from adminsortable2.admin import CustomInlineFormSet


class OrderedFormSet(CustomInlineFormSet):
    """Saves a new order. The history tells of the rows that moved, not of those that make room."""

    def save_existing_objects(self, commit: bool = True) -> list[Any]:
        saved: list[Any] = super().save_existing_objects(commit)
        room = [form.instance.pk for form in self._making_room]
        self.changed_objects = [each for each in self.changed_objects if each[0].pk not in room]
        return saved

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        if not (commit and form in self._making_room):
            return super().save_existing(form, obj, commit)
        order = self.default_order_field
        type(obj)._default_manager.filter(pk=obj.pk).update(**{order: form.cleaned_data[order]})
        return obj

    @cached_property
    def _making_room(self) -> list[Any]:
        """Forms with nothing new but a place that follows from where others went."""
        order = self.default_order_field
        kept = [form for form in self.initial_forms if form not in self.deleted_forms]
        kept.sort(key=lambda form: form.cleaned_data.get(order) or 0)
        moved = places_moved([form.initial.get(order) or 0 for form in kept])
        stayed = (form for place, form in enumerate(kept) if place not in moved)
        return [form for form in stayed if form.changed_data == [order]]


def places_moved(before: Sequence[int]) -> set[int]:
    """The fewest places whose rows moved, from where the rows of a new order were before."""
    rising: list[list[int]] = []  # for each row, the longest way there through rows that stayed
    for place, was in enumerate(before):
        ways: list[list[int]] = [rising[at] for at in range(place) if before[at] <= was]
        rising.append([*_longest(ways), place])
    return set(range(len(before))) - set(_longest(rising))


def _longest(ways: list[list[int]]) -> list[int]:
    return max(ways, key=len) if ways else []
