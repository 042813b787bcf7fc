"""The base model of curated content, and keys made from titles."""

from collections.abc import Container
from itertools import chain, count

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from runfit.lib.audit import Recorded
from runfit.lib.json_format.checks import is_printable
from runfit.lib.models import columns


def new_key(words: str, *, taken: Container[str], fallback: str) -> str:
    """A unique, slug-like key made from `words`, such as heels-close-bridge."""
    base = slugify(words)[:50].strip("-_") or fallback
    candidates = chain([base], (f"{base}-{number}" for number in count(2)))
    return next(key for key in candidates if key not in taken)


class Worded(Recorded):
    """A recorded model whose `clean` rejects unprintable characters."""

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        values = {field.name: getattr(self, field.attname) for field in columns(self)}
        unprintable = [
            name
            for name, value in values.items()
            if isinstance(value, str) and not is_printable(value)
        ]
        if unprintable:
            message = _("This holds a character that cannot be printed. Type this text again.")
            raise ValidationError(dict.fromkeys(unprintable, message))
