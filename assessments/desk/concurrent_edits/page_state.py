"""What a change page showed when it was made, so that saving it can tell what changed since.

The page carries a digest of each field's value, signed. A value is a list of texts, as a browser
would post it: what is stored and what was posted compare whatever kind of field holds them.
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
Digests = dict[str, str]  # by the name of the field
Values = list[str]


@dataclass(frozen=True, slots=True)
class PageState:
    """`rows` are those of each formset, by its prefix and their number, in their order."""

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
        """None for a page that carries none, such as one from before an update."""
        try:
            return cls(**SIGNER.unsign_object(text))
        except (BadSignature, TypeError):
            return None


def compared(form: forms.BaseForm, *left_out: str) -> Iterator[str]:
    """The fields that two people may both change."""
    for name, field in form.fields.items():
        parts = isinstance(field.widget, forms.MultiWidget)
        own = isinstance(field, InlineForeignKeyField)
        if not (field.disabled or parts or own or name in left_out):
            yield name


def digests(form: forms.BaseForm, *left_out: str) -> Digests:
    return {name: digest(stored(form, name)) for name in compared(form, *left_out)}


def digest(values: Values) -> str:
    """Alike for what nobody sees: the ends of lines, spaces around a text, an empty one."""
    seen = (each.replace("\r\n", "\n").strip() for each in values)
    text = json.dumps(sorted(each for each in seen if each))
    return urlsafe_b64encode(sha256(text.encode()).digest()[:9]).decode()


def stored(form: forms.BaseForm, name: str) -> Values:
    """What the database held when the form was made, as a browser would post it."""
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
    """None where a file was left as it is."""
    widget = form.fields[name].widget
    value = widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
    if isinstance(widget, forms.FileInput):
        return None if value is None else _texts(getattr(value, "name", None))
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value else []
    return _lowered(widget, _texts(value))


def touched(form: forms.BaseForm, name: str, opened: str) -> bool:
    """Whether she changed what the page showed."""
    values = posted(form, name)
    if name in getattr(form, "stored_beside", {}):
        return bool(values)
    return values is not None and digest(values) != opened


def put(form: forms.BaseForm, name: str, values: Values) -> None:
    """As if these had been posted. A file is left as it is."""
    key = form.add_prefix(name)
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict, which requests share
    data.setlist(key, values)
    if not values or is_file(form, name) or name in getattr(form, "stored_beside", {}):
        data.pop(key)
        data.pop(f"{key}-clear", None)
        form.files = {each: file for each, file in form.files.items() if each != key}  # type: ignore[assignment]
    form.data = data


def is_file(form: forms.BaseForm, name: str) -> bool:
    return isinstance(form.fields[name], forms.FileField)


def label(form: forms.BaseForm, name: str) -> str:
    return str(form[name].label)


def words(form: forms.BaseForm, name: str, values: Values) -> str:
    """As the page says them."""
    field = form.fields[name]
    if isinstance(field, forms.FileField):
        return ", ".join(PurePath(each).name for each in values)
    if isinstance(field, forms.BooleanField):
        return "yes" if values else "no"
    labels = dict(_choices(getattr(field, "choices", ())))
    return ", ".join(labels.get(each, each) for each in values)


def _choices(choices: Any) -> Iterator[tuple[str, str]]:
    for value, text in choices:
        if isinstance(text, list | tuple):
            yield from _choices(text)
        else:
            yield str(value), str(text)


def _lowered(widget: Any, values: Values) -> Values:
    """Browsers write a colour in small letters."""
    colour = getattr(widget, "input_type", "") == "color"
    return [each.lower() for each in values] if colour else values


def _texts(value: Any) -> Values:
    each = value if isinstance(value, list | tuple) else [value]
    return [str(text) for text in each if text not in {None, ""}]
