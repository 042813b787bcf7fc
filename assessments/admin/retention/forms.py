"""The form of how long things are kept, and what goes in words."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.models import Retention
from assessments.retention.services import SHOWN, retention_preview

PERIODS = ("answers", "contacts", "mail", "logs", "visits")


class RetentionForm(forms.ModelForm):
    """Asks again before shorter periods delete something."""

    confirmed = forms.BooleanField(
        label=_("Yes, delete that"), required=False, widget=forms.HiddenInput
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and self._is_shorter() and not data.get("confirmed"):
            self._ask()
        return data

    def _is_shorter(self) -> bool:
        return any(self.cleaned_data[name] < self.initial[name] for name in PERIODS)

    def _ask(self) -> None:
        """`self.instance` still has the saved periods."""
        wanted = Retention(**{name: self.cleaned_data[name] for name in PERIODS})
        going = in_words(wanted)
        if going:
            self.fields["confirmed"].widget = forms.CheckboxInput()
            message = gettext("With shorter times, this goes {when}, and for good: {what}.")
            text = message.format(when=self._when(), what=", ".join(going))
            self.add_error("confirmed", text)

    def _when(self) -> str:
        if not self.instance.waits(timezone.localdate()):
            return gettext("tonight")
        return gettext("on {day}").format(day=date_format(self.instance.begins_on))


def in_words(retention: Retention) -> list[str]:
    """What goes at the next run with these periods, such as “12 answers without an address”."""
    numbers: dict[str, int] = {}
    for rule, number in retention_preview(retention):
        numbers[str(rule.label)] = numbers.get(str(rule.label), 0) + number
    return [f"{_number(number)} {label}" for label, number in numbers.items() if number]


def _number(number: int) -> str:
    if number > SHOWN:
        return gettext("more than {number:,}").format(number=SHOWN)
    return f"{number:,}"
