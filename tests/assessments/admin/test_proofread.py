"""The proofreading page contains every text that a runner can see."""

import pytest
from django.apps import apps
from django.db.models import CharField, EmailField, TextField, URLField

from assessments.models import DayCount, Edition, Practice, RequestCount, Sight, Submission
from assessments.publishing.services import assessment_load
from guides.models import (
    Backup,
    Consent,
    Contact,
    Delivery,
    DownloadLink,
    GuideEdition,
    GuideFault,
    Heartbeat,
    LinkRequest,
    LoadedContent,
    MailEvent,
    MailServer,
    NewsEmail,
    Suppression,
    TakeOver,
    WebhookEndpoint,
)
from runfit.lib import caching
from tests.assessments.browser import address
from tests.assessments.small import caring
from tests.guides.factories import (
    ExerciseFactory,
    ExercisePictureFactory,
    GuideFactory,
    PlanStepFactory,
    ReferenceFactory,
    SharedRulesFactory,
)

pytestmark = pytest.mark.django_db

RECORDS = {
    Edition, Submission, GuideEdition, Contact, Consent, Delivery, DownloadLink, Suppression,
    MailEvent, MailServer, Sight, DayCount, GuideFault, Heartbeat, LoadedContent, TakeOver,
    RequestCount, LinkRequest, Backup,
    WebhookEndpoint,
    NewsEmail,  # tested and read by itself, before it goes out
}  # fmt: skip
NO_WORDS_FOR_RUNNERS = {
    "Assessment.language", "Guide.language", "Practice.accent_colour", "Practice.embed_sites", "Condition.confidences", "Assessment.next_check",
    "Exercise.skip_for", "Question.basis", "Question.source", "Case.name", "Case.level", "Case.profile", "SharedRules.version", "SharedRules.status",
}  # fmt: skip

RETEST = {
    "weekly": "Count your sessions.", "full": ["At 4 weeks"], "compare": "Only what was checked.",
    "labels": {"better": "Better", "same": "Same", "worse": "Worse"}, "always_show": "Both dates",
    "if_no_change": {"4 weeks": "Give it two more."}, "if_few_done": {"4 weeks": "Once more."},
    "if_enough_done": {"4 weeks": "On to the next ones."},
}  # fmt: skip


@pytest.fixture
def draft(db):
    """A self-check with guide and practice, with every text field filled in at least once."""
    draft = assessment_load(data=caring(retest=RETEST)).assessment
    exercise = ExerciseFactory(
        seconds="20", tempo="Slow", effort="Easy", skip_if="Sore", evidence_note="Opinion",
        video_url="https://example.org/v",
    )  # fmt: skip
    ExercisePictureFactory(exercise=exercise, alt="A bridge", caption="From the side")
    PlanStepFactory(block__plan__profile=draft.profiles.first(), exercise=exercise)
    guide = GuideFactory(assessment=draft, email__other_subjects="Here you go")
    guide.series.create(days=3, subject="Day 3", preview="Soon", body="Hi", button="Go")
    ReferenceFactory(guide=guide, url="https://example.org/study")
    SharedRulesFactory()
    Practice(
        credentials="PT", photo="me.png", photo_alt="Me", logo="logo.png", logo_alt="A hip",
        postal_address="1 Road", booking_link="https://example.org/book",
    ).save()  # fmt: skip
    return draft


def texts(model):
    """A model's text fields by qualified name."""
    named = {
        f"{model.__name__}.{field.name}": field
        for field in model._meta.fields
        if isinstance(field, CharField | TextField) and not isinstance(field, EmailField)
        if field.editable and not field.choices
    }
    return {name: named[name] for name in named.keys() - NO_WORDS_FOR_RUNNERS}


def drafted():
    configs = (apps.get_app_config(name) for name in ("assessments", "guides"))
    return [model for config in configs for model in config.get_models() if model not in RECORDS]


def mark(row, name, field):
    """Replaces a text with a unique word."""
    word = f"{name.replace('.', '')}{row.pk}end"
    text = f"https://example.org/{word}" if isinstance(field, URLField) else word
    type(row).objects.filter(pk=row.pk).update(**{field.name: text})
    return word


def mark_all():
    """The unique words of each field, for every row where it isn't blank."""
    return {
        name: [mark(row, name, field) for row in model.objects.exclude(**{field.name: ""})]
        for model in drafted()
        for name, field in texts(model).items()
    }


def test_proofreading_page_says_what_runners_read_in_place_of_names(admin_client, draft):
    words = {"privacy_notice": "Questions? {contact}", "reply_to": "ana@example.org"}
    Practice.objects.update(country="GB", **words)
    caching.clear()
    draft.safety_levels.update(body="Call {emergency} now.")

    page = admin_client.get(address("assessment", "read", draft.pk)).content.decode()

    assert "Questions? Reply to any of our emails, or write to 1 Road." in page
    assert "Call 999 or 112 now." in page


def test_proofreading_page_contains_every_text_a_runner_can_see(admin_client, draft):
    marks = mark_all()
    assert [name for name, words in marks.items() if not words] == []

    page = admin_client.get(address("assessment", "read", draft.pk)).content.decode()

    left_out = [name for name, words in marks.items() if any(word not in page for word in words)]
    assert left_out == []
