"""What's left to translate, in words, and where to go on."""

from collections.abc import Collection, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from runfit.lib.json_format.translated_texts import Part, TranslatedText, Translation


def left_in_words(translation: Translation) -> str:
    """What's to do; blank if nothing is."""
    missing, changed = translation.missing, translation.changed
    parts = []
    if missing:
        text = ngettext("{number} text to translate", "{number} texts to translate", missing)
        parts.append(text.format(number=missing))
    if changed:
        text = gettext("{number} changed in the original since")
        parts.append(text.format(number=changed))
    return ", ".join(parts)


def left_by_part(translation: Translation) -> str:
    """Such as “Questions 4, Scores 2”."""
    return ", ".join(
        f"{gettext(part.title)} {count}"
        for part in translation.parts
        if (count := left_in(translation.part_texts(part)))
    )


def standing(translation: Translation) -> str:
    """A sentence."""
    left = left_in_words(translation)
    return f"{capfirst(left)}." if left else gettext("Every text is translated.")


def left_in(texts: list[TranslatedText]) -> int:
    return sum(text.to_do for text in texts)


def parts_of(translation: Translation) -> list[Part]:
    """Those that have texts."""
    return [part for part in translation.parts if translation.part_texts(part)]


def part_after(translation: Translation, part: Part) -> Part:
    """The next one with something to do, or else this one."""
    parts = parts_of(translation)
    at = next(index for index, each in enumerate(parts) if each.key == part.key)
    others = [*parts[at + 1 :], *parts[: at + 1]]
    return next((each for each in others if left_in(translation.part_texts(each))), part)


def text_after(texts: Sequence[TranslatedText], done: Collection[str]) -> str:
    """The path of the next text to do after those that were just done, or else of the last of
    them."""
    at = max((index for index, text in enumerate(texts) if text.path in done), default=-1)
    others = [*texts[at + 1 :], *texts[: at + 1]]
    last = texts[at].path if at >= 0 else ""
    return next((text.path for text in others if text.to_do), last)
