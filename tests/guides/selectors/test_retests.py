"""Who came back, what changed, and who did their sessions: counted by day, and recounted from the raw rows by another way."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
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
from guides.content.training import Record, Schedule, Session, Stage, record_text
from guides.models import Contact, Delivery, DownloadLink, Training
from guides.selectors import guide_content, retest_event_counts
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

    def make(answers, *visits, begin=0, sent=0, asked=None, trained=None):
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
        if trained:
            link.training = Training.objects.create(
                contact=link.contact, record=trained(link, begun.date()), words="Yes"
            )
            link.save()
        for days, later in visits:
            store(begun + timedelta(days=days), ANSWERS | later, earlier=first)
        return first

    Submission.objects.filter(pk=submission.pk).update(created_at=START - timedelta(days=9))
    return make


def counted():
    rows = Submission.objects.values_list("created_at"), Delivery.objects.values_list("sent_at")
    days = {at.date() for each in rows for (at,) in each if at}
    later = {day + timedelta(days=number) for day in days for number in (28, 42)}
    for day in days | later:
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


def training_of(random, stages=2, sessions=20):
    """A record of made-up days: some before the guide's weeks or after them, some taken back."""

    def record(link, begun):
        def day(low, high):
            return (begun + timedelta(days=random.randint(low, high))).isoformat()

        begins = sorted(day(0, 40) for _ in range(random.randint(1, stages)))
        made = Record(
            schedule=Schedule(
                days=(1, 3, 5),
                at=1,
                stages=tuple(
                    Stage(plan=link.profile, block=number, week=random.randint(1, 2), begins=begin)
                    for number, begin in enumerate(begins, start=1)
                ),
            )
        )
        for _ in range(random.randint(0, sessions)):
            done = Session(
                on=day(0, 45), plan=link.profile, block=1, pain=1, at=1,
                undone=random.random() < 0.1,
            )  # fmt: skip
            made = made.with_session(done)
        return record_text(made)

    return record


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
            found.update(trained(mail, weeks))
    return +found


def trained(mail, weeks):
    """Day by day, from the stored JSON."""
    if not mail.link.training:
        return
    stored = json.loads(mail.link.training.record)
    blocks = guide_content(mail.link.edition).plan(mail.link.profile).blocks
    days = [mail.sent_at.date() + timedelta(days=number) for number in range(7 * weeks)]
    in_stage = Counter(filter(None, (stage_on(stored, blocks, day) for day in days)))
    planned = sum(
        number * blocks[block - 1].days_per_week // 7 for (_, block), number in in_stage.items()
    )
    did = {each["on"] for each in stored.get("sessions", ()) if not each.get("undone")}
    done = len(did & {day.isoformat() for day in days})
    if planned:
        yield f"known{weeks}", mail.link.profile
        if done + 0.5 >= 0.7 * planned:  # to the nearest session
            yield f"trained{weeks}", mail.link.profile


def stage_on(stored, blocks, day):
    """The last stage that began, with its block, if the block's weeks aren't over."""
    begun = [
        (index, stage)
        for index, stage in enumerate(stored["schedule"]["stages"])
        if stage["begins"] <= day.isoformat()
    ]
    if not begun:
        return None
    index, stage = begun[-1]
    first, last = blocks[stage["block"] - 1].weeks
    left = last - first + 2 - stage.get("week", 1)
    week = (day - date.fromisoformat(stage["begins"])).days // 7
    return (index, stage["block"]) if week < left else None


def changes(first, later, weeks, type_):
    """What the page of the runner says, and what the answers say, question by question."""
    definition = edition_definition(first.edition)
    visits = {visit.answers.pk: visit for visit in visits_of_runners([first.pk])[first.pk]}
    then, now = visits[first.pk], visits[later.pk]
    yield f"{compared_visits(then, now, last=then).verdict}{weeks}", f"{type_}:"
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
            trained=training_of(random) if number % 3 else None,
        )  # fmt: skip

    found = counted()

    assert found == recount()
    assert {step for step, _item in found} >= {
        "got", "to_come", "back4", "back6", "better4", "same4", "worse4", "mixed6", "worse6",
        "known4", "known6", "trained4", "trained6",
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
    random = Random(24)
    came({}, (30, {}), asked=30, trained=training_of(random))
    few = queries_of(30), queries_of(28)
    for number in range(15):
        came({"worst_pain": number % 5}, (30, {}), asked=30, trained=training_of(random))

    assert (queries_of(30), queries_of(28)) == few == (11, 5)


def queries_of(days):
    bounds = day_bounds((START + timedelta(days=days)).date())
    [*retest_event_counts(*bounds)]  # reads the definitions once
    with CaptureQueriesContext(connection) as captured:
        [*retest_event_counts(*bounds)]
    return len(captured)
