"""The admin in a real browser: accessibility, CSP, and layout on a phone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import (
    Assessment,
    Case,
    DerivedSafety,
    Edition,
    Profile,
    Question,
    Submission,
)
from guides.models import Contact, Delivery, Exercise, Guide, GuideEdition, Plan, PlanBlock
from guides.states import State
from tests.assessments.factories import CaseFactory
from tests.assessments.small import token_of
from tests.assessments.weeks import believable
from tests.e2e.axe import found_by_axe, open_details
from tests.e2e.walk import CHECK, USUAL

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

PAGES = {
    "first page": lambda: reverse("admin:index"),
    "practice": lambda: reverse("admin:assessments_practice_changelist"),
    "self-checks": lambda: reverse("admin:assessments_assessment_changelist"),
    "self-check": lambda: of(Assessment, "change"),
    "publish": lambda: of(Assessment, "publish"),
    "try": lambda: of(Assessment, "try"),
    "impact": lambda: of(Assessment, "impact"),
    "read through": lambda: of(Assessment, "read"),
    "history": lambda: of(Assessment, "history"),
    "question": lambda: of(Question, "change"),
    "a new question": lambda: reverse("admin:assessments_question_add"),
    "result type": lambda: of(Profile, "change"),
    "safety from answers": lambda: of(DerivedSafety, "change"),
    "case": lambda: of(Case, "change"),
    "version": lambda: of(Edition, "change"),
    "sign": lambda: of(GuideEdition, "sign"),
    "restore": lambda: of(Edition, "restore"),
    "mail kept here": lambda: reverse("admin:guides_inbox"),
    "answers": lambda: reverse("admin:assessments_submission_changelist"),
    "download answers": lambda: reverse("admin:assessments_submission_export"),
    "numbers": lambda: reverse("admin:assessments_submission_numbers"),
    "one runner": lambda: of(Submission, "change"),
    "exercises": lambda: reverse("admin:guides_exercise_changelist"),
    "exercise": lambda: of(Exercise, "change"),
    "plan": lambda: of(Plan, "change"),
    "weeks": lambda: of(PlanBlock, "change"),
    "guide": lambda: of(Guide, "change"),
    "guide and email": lambda: of(Guide, "preview"),
    "what comes with RunFit": lambda: reverse("admin:guides_default_content"),
    "taking it over": lambda: f"{reverse('admin:guides_default_content_take')}?whole=1",
    "version of a guide": lambda: of(GuideEdition, "change"),
    "contacts": lambda: reverse("admin:guides_contact_changelist"),
    "one contact": lambda: of(Contact, "change"),
    "download contacts": lambda: reverse("admin:guides_contact_export"),
    "emails": lambda: reverse("admin:guides_delivery_changelist"),
}
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def of(model, page):
    row = model.objects.order_by("pk").first()
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[row.pk])


@pytest.fixture
def browser_context_args(live_server):
    return {"base_url": live_server.url}


@pytest.fixture
def asked(client, edition):
    """A runner answered and requested the guide, which couldn't be sent."""
    fields = USUAL | {"safety": "none", "reach": "skipped", "form_token": token_of(edition, "one")}
    result = client.post(CHECK, fields)["Location"]
    client.post(f"{result}guide/", {"email": "runner@example.org"})
    Delivery.objects.update(state=State.FAILED, reason="The mail server refused it (550).")
    CaseFactory(assessment=edition.assessment)


@pytest.fixture
def counted(edition):
    believable(edition, timezone.localdate() - timedelta(days=1), 14)


@pytest.fixture
def reworded(edition):
    """Something to take over from the content that comes with RunFit."""
    Question.objects.filter(key="pattern").update(text="When?")
    Exercise.objects.filter(key__startswith="m").update(easier="Sit.")


@pytest.mark.usefixtures("session", "asked", "counted", "reworded")
@pytest.mark.timeout(400)
def test_no_axe_violations_and_no_overflow(page, faults):
    """In light on a desktop; in dark, where only colors differ, on a phone."""

    def wrong(name):
        faults.clear()
        page.set_viewport_size(DESKTOP)
        page.emulate_media(color_scheme="light")
        assert page.goto(PAGES[name]()).status == 200, name
        open_details(page, menus=name == "first page")
        found = list(faults)  # before axe adds its own styles
        found += [*overflow(page), *found_by_axe(page)]
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size(PHONE)
        return [
            *found,
            *overflow(page),
            *found_by_axe(page, only=("color-contrast", "target-size")),
        ]

    assert {name: found for name in PAGES if (found := wrong(name))} == {}


def overflow(page):
    """How far the page is wider than the screen."""
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{wider} px stick out"] if wider > 0 else []
