"""Files that people upload: pictures are made ready on their way in, and what is replaced goes."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models.signals import post_delete

from runfit.lib.pictures import LARGEST_FILE, PictureRefused, picture_kept, plain_stem

still_named: list[Callable[[str], bool]] = []
"""Who else may name a file, such as versions that were published. Other apps add to this."""


class UploadField(models.FileField):
    """Deletes a file once no row and no published edition names it."""

    def contribute_to_class(self, cls: type[models.Model], name: str, **kwargs: Any) -> None:  # type: ignore[override]
        super().contribute_to_class(cls, name, **kwargs)
        post_delete.connect(self._row_deleted, sender=cls)

    def deconstruct(self) -> Any:
        """For migrations it is any file: what is special about it is nothing of the database's."""
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
        named = self.model._default_manager.filter(**{self.attname: name}).exists()
        if not named and not any(names(name) for names in still_named):
            self.storage.delete(name)


class PictureFormField(forms.FileField):
    """Takes a picture as it comes from a phone, and hands on what is kept of it. The name contains
    a hash of the content, so no cache shows an old picture under a new one's address."""

    def __init__(self, *args: Any, side: int, drawings: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.side, self.drawings = side, drawings

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": "image/*,.heic,.heif"}

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        return file and self._kept(file)

    def _kept(self, file: Any) -> "ContentFile[bytes]":
        name = str(file.name)
        file.seek(0)  # another form may have read it before
        content = file.read(LARGEST_FILE + 1)
        try:
            made = picture_kept(content, name=name, side=self.side, drawings=self.drawings)
        except PictureRefused as refused:
            raise ValidationError(str(refused), code="picture") from refused
        mark = sha256(made.content).hexdigest()[:12]
        return ContentFile(made.content, f"{plain_stem(name)}-{mark}.{made.ending}")


class PictureField(UploadField):
    """A picture, at most `side` pixels wide and high; plain SVG too where there may be drawings."""

    def __init__(self, *args: Any, side: int = 900, drawings: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.side, self.drawings = side, drawings

    def formfield(self, **kwargs: Any) -> Any:
        mine = {"form_class": PictureFormField, "side": self.side, "drawings": self.drawings}
        return super().formfield(**{**mine, **kwargs})
