"""Forms of the pages that translate a draft: the language, and the words beside the original's."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.concurrent_edits.comparison import marked
from assessments.desk.concurrent_edits.conflicts import EditConflicts
from assessments.desk.content.uploading import place_in_words
from assessments.desk.languages import language_choices
from assessments.desk.widgets import LongTextarea
from runfit.lib.diff import FieldNames
from runfit.lib.json_format.checks import is_printable
from runfit.lib.json_format.translated_texts import TranslatedText
from runfit.lib.translation import direction

GROUP = re.compile(r"(\w+\[\d+\])\.?(.*)")
VARIABLE = re.compile(r"\{\w+\}")
MARKS = re.compile(r"\*\w|\]\(|^- ", re.MULTILINE)
KEEP_MARKS = _(
    "Keep its stars, dashes, and links where they belong: they make words bold, lists, and links."
)
CHARACTERS, MOST_ROWS = 64, 12  # of a line; of a field
STILL_RIGHT = "right "


def languages() -> list[Any]:
    return [("", _("Pick a language")), *language_choices()]


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=capfirst(_("language")), choices=languages)


@dataclass(frozen=True, slots=True)
class Row:
    """One text in both languages, on the page."""

    label: str
    text: TranslatedText
    original: SafeString  # with marks on what's new, if it changed
    field: forms.BoundField
    first: forms.BoundField  # of those that repeat it
    still_right: forms.BoundField | None


class TextsForm(forms.Form):
    """The words of one part. Others' words are merged as on change pages."""

    def __init__(
        self,
        row: Any,
        texts: list[TranslatedText],
        data: Mapping[str, Any] | None = None,
        conflicts: EditConflicts | None = None,
    ) -> None:
        super().__init__(data)
        self.texts, self.instance = texts, row
        for text in texts:
            self.fields[text.path] = _words_field(text, row.language)
            if text.changed:
                self.fields[f"{STILL_RIGHT}{text.path}"] = forms.BooleanField(
                    label=_("It's still right"), required=False
                )
        opened = conflicts.opened if conflicts else None
        self.faults = conflicts.merge(self, opened.form, "") if conflicts and opened else {}

    def clean(self) -> dict[str, Any]:
        for text in self.texts:
            words = self.cleaned_data.get(text.path, "")
            kept, given = {*VARIABLE.findall(text.original)}, {*VARIABLE.findall(words)}
            if words and kept != given:
                odd = sorted(kept - given or given - kept)[0]
                advice = _("Take {} out.")
                if kept - given:
                    advice = _("Keep {} as the original has it.")
                self.add_error(text.path, advice.format(odd))
        return self.cleaned_data

    def full_clean(self) -> None:
        super().full_clean()
        for name, fault in self.faults.items():
            self.add_error(name, fault)

    @property
    def edited(self) -> dict[str, str]:
        """The words that aren't what's stored."""
        return {
            text.path: self.cleaned_data[text.path]
            for text in self.texts
            if self.cleaned_data[text.path] != text.words
        }

    @property
    def typed(self) -> dict[str, str]:
        """What was edited. What's repeated, such as a dose, is typed once: it goes to every text
        that says the same in the same place and is missing."""
        typed = self.edited
        repeated = {_repeats(text): typed[text.path] for text in self.texts if typed.get(text.path)}
        alike = {
            text.path: repeated[_repeats(text)]
            for text in self.texts
            if text.missing and _repeats(text) in repeated
        }
        return alike | typed

    @property
    def found_right(self) -> list[str]:
        return [
            text.path for text in self.texts if self.cleaned_data.get(f"{STILL_RIGHT}{text.path}")
        ]

    def groups(self, names: FieldNames) -> Iterator[tuple[str, list[Row]]]:
        """The rows under their headings, such as “Question 4”."""
        first = {_repeats(text): text.path for text in reversed(self.texts)}
        for group, texts in groupby(self.texts, key=_group):
            heading = place_in_words(group, names) if group else ""
            yield heading, [self._row(text, names, first[_repeats(text)]) for text in texts]

    def _row(self, text: TranslatedText, names: FieldNames, first: str) -> Row:
        match = GROUP.match(text.where)
        label = place_in_words(match[2] if match else text.where, names) if text.where else ""
        checkbox, name = f"{STILL_RIGHT}{text.path}", gettext("the name")
        return Row(
            label=(label or place_in_words(text.where, names)).removesuffix(f", {name}"),
            text=text,
            original=marked(text.original, text.source if text.changed else text.original),
            field=self[text.path],
            first=self[first],
            still_right=self[checkbox] if checkbox in self.fields else None,
        )


def _repeats(text: TranslatedText) -> tuple[str, str]:
    return text.original, text.path.rpartition("/")[2]


def _group(text: TranslatedText) -> str:
    match = GROUP.match(text.where)
    return match[1] if match else ""


def _words_field(text: TranslatedText, language: str) -> forms.CharField:
    lines = sum(1 + len(line) // CHARACTERS for line in text.original.split("\n"))
    widget = LongTextarea(
        {
            "rows": min(lines, MOST_ROWS),
            "lang": language,
            "dir": direction(language),
            "aria-describedby": f"original-{text.path} help-{text.path}",
        }
    )
    return forms.CharField(
        required=False,
        initial=text.words,
        widget=widget,
        validators=[_printable],
        help_text=KEEP_MARKS if MARKS.search(text.original) else "",
    )


def _printable(words: str) -> None:
    if not is_printable(words):
        raise ValidationError(_("This holds a character that can't be printed. Type it again."))
