"""Creates the tables and the same questionnaire in both apps, from the JSON questions in FILE.

Prints their URLs as JSON.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

import django
from django.core.management import call_command
from django.utils.timezone import now

django.setup()

from djf_surveys import models as form_surveys  # noqa: E402 - models need the settings
from survey import models as survey_and_report  # noqa: E402


def main() -> None:
    call_command("migrate", verbosity=0)
    questions = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps([in_form_surveys(questions), in_survey_and_report(questions)]))


def in_form_surveys(questions: list[dict]) -> str:
    survey = form_surveys.Survey.objects.create(
        name="bench", slug="bench", can_anonymous_user=True, duplicate_entry=True
    )
    for number, question in enumerate(questions):
        form_surveys.Question.objects.create(
            survey=survey,
            label=question["text"],
            help_text=question["help"][:200],
            type_field=form_surveys.TYPE_FIELD.radio,
            choices=",".join(each.replace(",", ";") for each in question["choices"]),
            ordering=number,
        )
    return f"/form-surveys/create/{survey.slug}/"


def in_survey_and_report(questions: list[dict]) -> str:
    survey = survey_and_report.Survey.objects.create(
        name="bench",
        description="bench",
        need_logged_user=False,
        display_method=survey_and_report.Survey.ALL_IN_ONE_PAGE,
        expire_date=now() + timedelta(days=30),
    )
    for number, question in enumerate(questions):
        survey_and_report.Question.objects.create(
            survey=survey,
            text=question["text"],
            order=number,
            required=True,
            type=survey_and_report.Question.RADIO,
            choices="|".join(question["choices"]),
        )
    return f"/survey-and-report/{survey.pk}/"


main()
