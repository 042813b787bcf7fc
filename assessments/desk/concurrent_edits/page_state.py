"""The state of a change page when it was opened, to detect changes since then.

The page carries a signed digest of each field's value. Values are lists of strings, as a browser
would post them, so that stored and posted values of any field type can be compared.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.signing import BadSignature, Signer
from django.forms.models import InlineForeignKeyField

FIELD = "as_opened"
SIGNER = Signer(salt="assessments.admin.opened")
Digests = dict[str, str]  # by field name
Values = list[str]


@dataclass(frozen=True, slots=True)
class PageState:
    """The digests of a page's form and its rows: `rows` maps formset prefix and primary key, in
    display order, to digests."""

    at: float
    form: Digests
    rows: dict[str, dict[str, Digests]]

    def signed(self) -> str:
        return SIGNER.sign_object(asdict(self), compress=True)

    @property
    def since(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    @classmethod
    def read(cls, text: str) -> "PageState | None":
        """Verifies and parses a posted state. None if it's missing, forged or in an old format."""
        try:
            return cls(**SIGNER.unsign_object(text))
        except (BadSignature, TypeError):
            return None


def comparable_fields(form: forms.BaseForm, *excluded: str) -> Iterator[str]:
    """Names of editable fields that two people can both change."""
    for name, field in form.fields.items():
        is_multi = isinstance(field.widget, forms.MultiWidget)
        is_parent = isinstance(field, InlineForeignKeyField)
        if not (field.disabled or is_multi or is_parent or name in excluded):
            yield name


def digests(form: forms.BaseForm, *excluded: str) -> Digests:
    return {name: digest(stored(form, name)) for name in comparable_fields(form, *excluded)}


def digest(values: Values) -> str:
    """A hash that ignores invisible differences: line endings, surrounding spaces, blank values."""
    normalized = (value.replace("\r\n", "\n").strip() for value in values)
    text = json.dumps(sorted(value for value in normalized if value))
    return urlsafe_b64encode(sha256(text.encode()).digest()[:9]).decode()


def stored(form: forms.BaseForm, name: str) -> Values:
    """The stored value of a field, as a browser would post it."""
    beside: Mapping[str, str] = getattr(form, "stored_beside", {})
    if name in beside:
        return _texts(beside[name])
    field = form.fields[name]
    widget: Any = getattr(field.widget, "widget", field.widget)  # within a wrapper
    value = form.get_initial_for_field(field, name)
    if isinstance(widget, forms.FileInput):
        return _texts(getattr(value, "name", None))
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value else []
    return _lowered(widget, _texts(widget.format_value(field.prepare_value(value))))


def posted(form: forms.BaseForm, name: str) -> Values | None:
    """The posted value of a field. None if no new file was chosen."""
    widget = form.fields[name].widget
    value = widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
    if isinstance(widget, forms.FileInput):
        return None if value is None else _texts(getattr(value, "name", None))
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value else []
    return _lowered(widget, _texts(value))


def was_edited(form: forms.BaseForm, name: str, opened: str) -> bool:
    """Whether the posted value differs from what the page showed."""
    values = posted(form, name)
    if name in getattr(form, "stored_beside", {}):
        return bool(values)
    return values is not None and digest(values) != opened


def set_posted(form: forms.BaseForm, name: str, values: Values) -> None:
    """Replaces the posted value of a field. For a file, discards the upload."""
    key = form.add_prefix(name)
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # request.POST is shared
    data.setlist(key, values)
    if not values or is_file(form, name) or name in getattr(form, "stored_beside", {}):
        data.pop(key)
        data.pop(f"{key}-clear", None)
        form.files = {other: file for other, file in form.files.items() if other != key}  # type: ignore[assignment]
    form.data = data


def is_file(form: forms.BaseForm, name: str) -> bool:
    return isinstance(form.fields[name], forms.FileField)


def label(form: forms.BaseForm, name: str) -> str:
    return str(form[name].label)


def display_text(form: forms.BaseForm, name: str, values: Values) -> str:
    """The values as the page shows them: choice labels, file names, yes or no."""
    field = form.fields[name]
    if isinstance(field, forms.FileField):
        return ", ".join(PurePath(value).name for value in values)
    if isinstance(field, forms.BooleanField):
        return "yes" if values else "no"
    labels = dict(_choices(getattr(field, "choices", ())))
    return ", ".join(labels.get(value, value) for value in values)


def _choices(choices: Any) -> Iterator[tuple[str, str]]:
    for value, text in choices:
        if isinstance(text, list | tuple):
            yield from _choices(text)
        else:
            yield str(value), str(text)


def _lowered(widget: Any, values: Values) -> Values:
    """Lowercases colors, as browsers do."""
    is_color = getattr(widget, "input_type", "") == "color"
    return [value.lower() for value in values] if is_color else values


def _texts(value: Any) -> Values:
    values = value if isinstance(value, list | tuple) else [value]
    return [str(text) for text in values if text not in {None, ""}]
