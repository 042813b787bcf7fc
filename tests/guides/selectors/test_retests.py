"""Who came back and what changed: counted by day, and recounted from the raw rows by another way."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.analytics.services import counts_rebuild, day_bounds
from assessments.models import DayCount, Submission
from assessments.runner.retest.comparison import compared_visits
from assessments.selectors import edition_definition, visits_of_runners
from assessments.submissions.services import submission_create
from guides.models import Contact, Delivery, DownloadLink
from guides.selectors import retest_event_counts
from guides.states import Kind, State
from tests.guides.conftest import ANSWERS

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = START + timedelta(days=75)
CHECKED = ("worst_pain", "reach", "hip_check", "bridge_check")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TODAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def came(guide_edition, submission):
    """Makes a runner with a guide who comes back after so many days, each time with other answers."""
    rows = Submission.objects

    def store(at, answers, earlier=None):
        made = submission_create(
            edition=submission.edition,
            answers=answers,
            safety=["none"],
            nonce=f"{rows.count()}",
            earlier=earlier,
        )
        rows.filter(token=made.token).update(created_at=at)
        return rows.select_related("edition__assessment").get(token=made.token)

    def mail(kind, link, at, **more):
        key = f"{kind}:{Delivery.objects.count()}"
        Delivery.objects.create(
            kind=kind, contact=link.contact, link=link, state=State.SENT, sent_at=at,
            dedupe_key=key, **more,
        )  # fmt: skip

    def make(answers, *visits, begin=0, sent=0, asked=None):
        address = f"r{Contact.objects.count()}@example.org"
        begun = START + timedelta(days=begin)
        first = store(begun, ANSWERS | answers)
        link = DownloadLink.objects.create(
            contact=Contact.objects.create(email=address, email_key=address),
            submission=first,
            edition=guide_edition,
            profile=first.profile,
            expires_at=TODAY,
        )
        if sent is not None:
            mail(Kind.GUIDE, link, begun + timedelta(days=sent), submission=first)
        if asked is not None:
            mail(Kind.FOLLOW_UP, link, begun + timedelta(days=asked))
        for days, later in visits:
            store(begun + timedelta(days=days), ANSWERS | later, earlier=first)
        return first

    Submission.objects.filter(pk=submission.pk).update(created_at=START - timedelta(days=9))
    return make


def counted():
    rows = Submission.objects.values_list("created_at"), Delivery.objects.values_list("sent_at")
    for day in {at.date() for each in rows for (at,) in each if at}:
        counts_rebuild(since=day, until=day)
    rows = DayCount.objects.filter(by="guide").values_list("step", "item", "number")
    found = Counter()
    for step, item, number in rows:
        found[step, item] += number
    return found


def answers_of(random, definition):
    picked = {
        key: random.choice([choice.key for choice in definition.question(key).choices])
        for key in ("reach", "hip_check", "bridge_check")
    }
    for key in ("hip_check", "bridge_check"):
        if random.random() < 0.3:
            del picked[key]
    return picked | {"worst_pain": random.randint(0, 5)}


def need(definition, question, answer):
    """How much an answer needs, over all areas. None if it says nothing."""
    option = definition.question(question).option(answer)
    points = [each for each in option.points.values() if each is not None]
    return sum(points) if points else None


def way(definition, question, before, after):
    if question not in before or question not in after:
        return None
    if question == "worst_pain":
        rise = after[question] - before[question]
        return "same" if abs(rise) < 2 else "worse" if rise > 0 else "better"
    then, now = (need(definition, question, answers[question]) for answers in (before, after))
    if then is None or now is None:
        return None
    return "same" if then == now else "worse" if now > then else "better"


def recount():
    """From the raw rows, runner by runner: guides, then the visits after them."""
    found = Counter()
    asked = set(
        Delivery.objects.filter(kind=Kind.FOLLOW_UP, state=State.SENT).values_list(
            "contact", flat=True
        )
    )
    for mail in Delivery.objects.filter(kind=Kind.GUIDE, state=State.SENT).select_related("link"):
        first, type_ = mail.submission, mail.link.profile
        found["got", type_] += 1
        found["to_come", type_] += mail.contact_id in asked
        came = [*first.retests.order_by("created_at")]
        days = {visit.pk: (visit.created_at.date() - mail.sent_at.date()).days for visit in came}
        for weeks, within in ((4, range(28, 42)), (6, range(42, 1000))):
            later = next((visit for visit in came if days[visit.pk] in within), None)
            if later:
                found[f"back{weeks}", type_] += 1
                found.update(changes(first, later, weeks, type_))
    return +found


def changes(first, later, weeks, type_):
    """What the page of the runner says, and what the answers say, question by question."""
    definition = edition_definition(first.edition)
    visits = {visit.answers.pk: visit for visit in visits_of_runners([first.pk])[first.pk]}
    yield f"{compared_visits(visits[first.pk], visits[later.pk]).verdict}{weeks}", f"{type_}:"
    for question in CHECKED:
        if each := way(definition, question, first.answers, later.answers):
            yield f"{each}{weeks}", f"{type_}:{question}"


def test_the_numbers_equal_a_recount_from_the_raw_rows(came, submission):
    random = Random(24)
    definition = edition_definition(submission.edition)
    for number in range(25):
        visits = [
            (days, answers_of(random, definition))
            for days in sorted(random.sample([14, 27, 28, 33, 41, 42, 55], random.randint(0, 3)))
        ]
        came(
            answers_of(random, definition), *visits, begin=random.randint(0, 9), sent=number % 3,
            asked=28 if number % 2 else None,
        )  # fmt: skip

    found = counted()

    assert found == recount()
    assert {step for step, _item in found} >= {
        "got", "to_come", "back4", "back6", "better4", "same4", "worse4", "mixed6", "worse6",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "days", "back"),
    [
        (0, [27], []),
        (0, [28], ["back4"]),
        (1, [28], []),
        (0, [41], ["back4"]),
        (0, [42], ["back6"]),
        (0, [30, 40], ["back4"]),
        (0, [30, 70], ["back4", "back6"]),
        (None, [30], []),
    ],
)
def test_weeks_count_from_the_guide_and_each_time_once(came, sent, days, back):
    came({}, *((day, {"worst_pain": 0}) for day in days), sent=sent)

    assert sorted(step for step, _ in counted() if step.startswith("back")) == back


def test_checks_added_to_a_visit_count_and_a_skipped_one_does_not(came):
    skipped = {"reach": "skipped"}
    first = came({"worst_pain": 4, "reach": "knee"}, (30, {"worst_pain": 1} | skipped))

    found = counted()

    assert found["better4", f"{first.profile}:worst_pain"] == 1
    assert not [item for _, item in found if item.endswith((":reach", ":hip_check"))]


def test_a_second_email_and_an_added_check_are_no_second_runner(came):
    first = came({}, asked=28)
    link = DownloadLink.objects.get(submission=first)
    for kind, key in ((Kind.GUIDE, "again"), (Kind.FOLLOW_UP, "once more")):
        Delivery.objects.create(
            kind=kind, contact=link.contact, link=link, dedupe_key=key, state=State.SENT,
            submission=first if kind == Kind.GUIDE else None, sent_at=START + timedelta(days=40),
        )  # fmt: skip

    found = counted()

    assert (found["got", first.profile], found["to_come", first.profile]) == (1, 1)


def test_without_answers_or_guides_nothing_is_counted(came):
    came({}, (30, {}), asked=28)
    Submission.objects.all().delete()

    assert counted() == {}


def test_counting_a_day_takes_as_many_queries_for_many(came, django_assert_num_queries):
    came({}, (30, {}), asked=30)
    few = queries_of(30)
    for number in range(15):
        came({"worst_pain": number % 5}, (30, {}), asked=30)

    assert queries_of(30) == few == 9


def queries_of(days):
    bounds = day_bounds((START + timedelta(days=days)).date())
    [*retest_event_counts(*bounds)]  # reads the definitions once
    with CaptureQueriesContext(connection) as captured:
        [*retest_event_counts(*bounds)]
    return len(captured)
