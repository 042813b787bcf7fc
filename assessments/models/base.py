"""Abstract models for the parts of a self-check: generated keys and positions."""

from collections.abc import Container
from itertools import chain, count
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Max, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from runfit.lib.audit import Recorded

KEY_LENGTH = 64  # the limit in content files
MADE_KEY_LENGTH = 40  # short enough to read in an export
SHORT = 80  # characters of a text in a list


def make_key(text: str, *, taken: Container[str], fallback: str, joint: str = "_") -> str:
    """A free key made from a text, such as my_toes_or_the_floor."""
    words = slugify(text.replace("_", " ")).replace("-", joint)
    if len(words) > MADE_KEY_LENGTH:
        words = words[: MADE_KEY_LENGTH + 1].rpartition(joint)[0] or words[:MADE_KEY_LENGTH]
    base = words or fallback
    numbered = (f"{base}{joint}{number}" for number in count(2))
    return next(key for key in chain([base], numbered) if key not in taken)


class Sibling(Recorded):
    """A row that shares its parent with its siblings."""

    parent: ClassVar[str] = "assessment"

    class Meta:
        abstract = True

    def siblings(self) -> QuerySet[Self]:
        rows = type(self)._default_manager
        return rows.filter(**{self.parent: getattr(self, f"{self.parent}_id")})


class Positioned(Sibling):
    """A row with a position that the PT can change by dragging. New rows come last."""

    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.position:
            last = self.siblings().aggregate(last=Max("position"))["last"]
            self.position = (last or 0) + 1
        super().save(*args, **kwargs)


class Keyed(Sibling):
    """A row with a key that is generated once from its text.

    Old submissions, plans, and rules refer to keys, so a new text must not change them.
    """

    key_source: ClassVar[str]  # the field to make the key from
    reserved_keys: ClassVar[frozenset[str]] = frozenset()

    key = models.CharField(max_length=KEY_LENGTH, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.key:
            self.key = self._new_key()
        super().save(*args, **kwargs)

    def _new_key(self) -> str:
        taken = self.reserved_keys | set(self.siblings().values_list("key", flat=True))
        text = getattr(self, self.key_source)
        return make_key(text, taken=taken, fallback=str(self._meta.model_name))
