"""What a runner says about their training, as posted by a form."""

from datetime import date, timedelta
from typing import Any, get_args

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guides.content import PlanContent
from guides.content.training import Feel, runner_zone
from guides.runner.training.page import EARLIEST, LATEST

WEEKDAYS = [(str(number), str(number)) for number in range(1, 8)]


class ZoneField(forms.CharField):
    """A time zone as the browser names it. Blank if it names one that isn't known here."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> str:
        name = str(value or "")[:64]
        return name if name and runner_zone(name) else ""


class PickForm(forms.Form):
    """Training days, and the day to begin."""

    days = forms.MultipleChoiceField(
        choices=WEEKDAYS,
        error_messages={"required": gettext_lazy("Pick at least one day.")},
    )
    begins = forms.DateField(
        error_messages={
            "required": gettext_lazy("Pick the day you start."),
            "invalid": gettext_lazy("Pick the day you start, such as 2026-03-01."),
        }
    )
    zone = ZoneField()

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        self.today = today

    def clean_days(self) -> tuple[int, ...]:
        return tuple(sorted(map(int, self.cleaned_data["days"])))

    def clean_begins(self) -> str:
        begins: date = self.cleaned_data["begins"]
        if not self.today - EARLIEST <= begins <= self.today + LATEST:
            raise ValidationError(_("Pick a day in the last 6 weeks or the next 60 days."))
        return begins.isoformat()


class StageForm(forms.Form):
    """A week of a block to go on with."""

    plan = forms.CharField()
    block = forms.IntegerField(min_value=1)
    week = forms.IntegerField(min_value=1, max_value=99, required=False)

    def __init__(self, data: Any, *, plans: dict[str, PlanContent]) -> None:
        super().__init__(data)
        self.plans = plans

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        plan = self.plans.get(values.get("plan", ""))
        if plan is None or values.get("block", 0) > len(plan.blocks):
            raise ValidationError("There's no such block.")
        return values


class CheckInForm(forms.Form):
    """A week: its worst pain, and how it went."""

    pain = forms.IntegerField(
        min_value=0,
        max_value=10,
        error_messages={"required": gettext_lazy("Pick your worst pain, from 0 to 10.")},
    )
    feel = forms.ChoiceField(
        choices=[(feel, feel) for feel in get_args(Feel)],
        error_messages={"required": gettext_lazy("Pick better, the same, or worse.")},
    )


class SessionForm(StageForm):
    """A session that's done, with its worst pain. `on` is the runner's day."""

    pain = forms.IntegerField(min_value=0, max_value=10)
    on = forms.DateField(required=False)

    def day(self, today: date) -> date:
        """Today, unless the browser says that it's a day before or after here."""
        on: date | None = self.cleaned_data["on"]
        return on if on and abs(on - today) <= timedelta(days=1) else today
