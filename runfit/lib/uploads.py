"""Model and form fields for uploads: re-encode pictures and delete replaced files."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models.fields.files import FieldFile
from django.db.models.signals import post_delete

from runfit.lib.hooks import call_hook
from runfit.lib.pictures import LARGEST_FILE, PictureRefused, clips, plain_stem, prepare_picture
from runfit.lib.translation import translated

file_references: list[Callable[[str], bool]] = []
"""Hooks that say whether a file is still in use, for example by editions. If one fails, the file
stays."""


class UploadField(models.FileField):
    """Deletes a file once no row and no published edition refers to it."""

    def contribute_to_class(self, cls: type[models.Model], name: str, **kwargs: Any) -> None:  # type: ignore[override]
        super().contribute_to_class(cls, name, **kwargs)
        post_delete.connect(self._row_deleted, sender=cls)

    def deconstruct(self) -> Any:
        """A plain FileField in migrations, since the database column is the same."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.FileField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        before = "" if add else self._stored_name(model_instance)
        file = super().pre_save(model_instance, add)
        if before and before != file.name:
            self._drop_later(before)
        return file

    def _stored_name(self, row: models.Model) -> str:
        stored = self.model._default_manager.filter(pk=row.pk).values_list(self.attname, flat=True)
        return str(stored.first() or "")

    def _row_deleted(self, instance: models.Model, **kwargs: Any) -> None:
        file = getattr(instance, self.attname)
        if file:
            self._drop_later(str(file.name))

    def _drop_later(self, name: str) -> None:
        transaction.on_commit(partial(self._drop, name), robust=True)

    def _drop(self, name: str) -> None:
        in_use = self.model._default_manager.filter(**{self.attname: name}).exists()
        if not in_use and not any(call_hook(hook, True, name) for hook in file_references):
            self.storage.delete(name)


class PictureFormField(forms.FileField):
    """Cleans an upload into a re-encoded picture. The file name contains a hash of the content, so
    no cache shows an old picture at a new one's URL."""

    def __init__(self, *args: Any, side: int, drawings: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.side, self.drawings = side, drawings

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": "image/*,.heic,.heif"}

    largest = LARGEST_FILE
    takes_clips = False

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        return file and self._prepared(file)

    def _prepared(self, file: Any) -> "ContentFile[bytes]":
        file.seek(0)  # another form may have read it already
        try:
            return self.prepare(file.read(self.largest + 1), str(file.name))
        except PictureRefused as refused:
            raise ValidationError(translated(refused.message), code="picture") from refused

    def prepare(self, data: bytes, name: str) -> "ContentFile[bytes]":
        """Raises PictureRefused."""
        picture = prepare_picture(
            data, name=name, side=self.side, drawings=self.drawings, clips=self.takes_clips
        )
        return _named(name, picture.content, picture.ending)


class MovingPicture(ContentFile):  # type: ignore[type-arg]
    """A still, and the clip that it stands for."""

    clip: "ContentFile[bytes]"


class MovingPictureFormField(PictureFormField):
    """Also takes clips and animated pictures: cleans them into a MovingPicture."""

    largest = max(LARGEST_FILE, clips.LARGEST_FILE)
    takes_clips = True

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        return {**attrs, "accept": f"{attrs['accept']},video/*,.mov"}

    def prepare(self, data: bytes, name: str) -> "ContentFile[bytes]":
        if not clips.is_clip(data):
            return super().prepare(data, name)
        made = clips.prepare_clip(data, side=self.side)
        still = _named(name, made.still.content, made.still.ending)
        picture = MovingPicture(made.still.content, still.name)
        picture.clip = _named(name, made.content, clips.ENDING)
        return picture


def _named(name: str, content: bytes, ending: str) -> "ContentFile[bytes]":
    digest = sha256(content).hexdigest()[:12]
    return ContentFile(content, f"{plain_stem(name)}-{digest}.{ending}")


class PictureField(UploadField):
    """A picture, at most `side` pixels wide and high. With `drawings`, also plain SVG."""

    form_class: type[PictureFormField] = PictureFormField

    def __init__(self, *args: Any, side: int = 900, drawings: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.side, self.drawings = side, drawings

    def formfield(self, **kwargs: Any) -> Any:
        defaults = {"form_class": self.form_class, "side": self.side, "drawings": self.drawings}
        return super().formfield(**{**defaults, **kwargs})


class MovingPictureField(PictureField):
    """A picture that may stand for a clip, which its row keeps in `clip`."""

    form_class = MovingPictureFormField

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        super().save_form_data(instance, data)
        if isinstance(data, File) and not isinstance(data, FieldFile):  # a new one
            instance.clip = getattr(data, "clip", "")  # type: ignore[attr-defined]
