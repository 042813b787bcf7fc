"""Model and form fields for uploads: re-encode pictures and delete replaced files."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models.signals import post_delete

from runfit.lib.hooks import call_hook
from runfit.lib.pictures import LARGEST_FILE, PictureRefused, plain_stem, prepare_picture

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

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        return file and self._prepared(file)

    def _prepared(self, file: Any) -> "ContentFile[bytes]":
        name = str(file.name)
        file.seek(0)  # another form may have read it already
        content = file.read(LARGEST_FILE + 1)
        try:
            picture = prepare_picture(content, name=name, side=self.side, drawings=self.drawings)
        except PictureRefused as refused:
            raise ValidationError(str(refused), code="picture") from refused
        digest = sha256(picture.content).hexdigest()[:12]
        return ContentFile(picture.content, f"{plain_stem(name)}-{digest}.{picture.ending}")


class PictureField(UploadField):
    """A picture, at most `side` pixels wide and high. With `drawings`, also plain SVG."""

    def __init__(self, *args: Any, side: int = 900, drawings: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.side, self.drawings = side, drawings

    def formfield(self, **kwargs: Any) -> Any:
        defaults = {"form_class": PictureFormField, "side": self.side, "drawings": self.drawings}
        return super().formfield(**{**defaults, **kwargs})
