"""Messages of code that speaks no language but English: they carry what another one needs."""

import re
from collections.abc import Collection, Mapping

PLACE = re.compile(r"\\{(\w+)\\}")  # in an escaped template


class Message(str):
    """A text in English, with the template and the values that it's made of.

    `runfit.lib.translation.translated` says it in the active language.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]


def message(template: str, **values: object) -> Message:
    """The template with its places filled. Import it as `_`, so that the catalogs get the template.
    A tuple is a list of texts."""
    made = Message(filled(template, values))
    made.template, made.values = template, values
    return made


def filled(template: str, values: Mapping[str, object]) -> str:
    """Without values, braces stand for themselves."""
    texts = {
        name: "; ".join(map(str, value)) if isinstance(value, tuple) else value
        for name, value in values.items()
    }
    return template.format(**texts) if values else template


def recognized(text: str, templates: Collection[str]) -> str:
    """A stored text as the message that it was made as; any other text as it is. What stands in a
    place may be a message, too."""
    for template in templates:
        if found := re.fullmatch(PLACE.sub(r"(?P<\1>.*)", re.escape(template)), text):
            values = found.groupdict()
            return message(
                template, **{name: recognized(value, templates) for name, value in values.items()}
            )
    return text
