"""Downloads answers as CSV."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminRadioSelect
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments import selectors
from assessments.desk.export import ExportAdmin, csv_response
from assessments.desk.widgets import DayInput
from assessments.submissions.export import (
    AnswersExportRows,
    DayRange,
    answers_about,
    answers_export,
)
from runfit.lib.csv_export import ExportSummary
from runfit.lib.database.replica import caught_up


class AnswersForm(forms.Form):
    assessment = forms.ModelChoiceField(
        selectors.assessments_published(), label=_("Self-check"), empty_label=None
    )
    first = forms.DateField(label=_("First day"), required=False, widget=DayInput)
    last = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=DayInput,
        help_text=_("Both days are included. Leave a day empty to get everything before or after."),
    )
    written = forms.ChoiceField(
        label=_("Questions and answers as"),
        choices=[
            ("labels", _("words, as runners read them")),
            ("keys", _("short keys that stay the same, for statistics programs")),
        ],
        widget=AdminRadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", gettext("This is before the first day."))
        return data


class AnswersExport(ExportAdmin):
    export_template = "admin/assessments/export.html"
    export_form = AnswersForm
    export_title = _("Download answers")

    def export_initial(self) -> dict[str, Any]:
        first = selectors.assessments_published().first()
        whole = {"assessment": first, "first": None, "last": None, "written": "labels"}
        return whole if first else {}

    def export_of(self, picked: dict[str, Any]) -> AnswersExportRows:
        days = DayRange(picked["first"], picked["last"])
        return AnswersExportRows(picked["assessment"], days, picked["written"], caught_up())

    def export_about(self, export: AnswersExportRows) -> ExportSummary:
        return answers_about(answers=export)

    def export_response(
        self, request: HttpRequest, export: AnswersExportRows
    ) -> StreamingHttpResponse:
        pieces = answers_export(answers=export, actor=request.user)
        return csv_response(pieces, export.assessment.slug)
