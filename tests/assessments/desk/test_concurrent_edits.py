"""Concurrent edits: neither saved changes nor typed text is lost."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.desk.concurrent_edits.comparison import marked
from assessments.desk.concurrent_edits.conflicts import TAKE_THEIRS
from assessments.desk.concurrent_edits.mixin import ConcurrentEditAdmin
from assessments.models import Choice, Practice, Profile, Question
from assessments.permissions import GROUP
from tests.assessments.browser import Page, address, open_page, post
from tests.guides.factories import (
    ExerciseFactory,
    GuideFactory,
    PlanBlockFactory,
    PlanFactory,
    SharedRulesFactory,
)
from tests.runfit.hostile import ENDLESS

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def ana(db):
    """A client logged in as a second user."""
    user = User.objects.create_superuser("ana", first_name="Ana", last_name="Ruiz")
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def question(draft) -> Question:
    """A question with answers that no rule refers to."""
    made = Question.objects.create(assessment=draft, kind="choice", text="Which shoes?")
    for label in ("Old", "New", "None"):
        Choice.objects.create(question=made, label=label)
    return made


def at(row) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def send(client, row, page, **changes):
    return client.post(at(row), {**page.fields, **changes})


def save(client, row, **changes):
    """Opens a page and saves it with some changes."""
    response = send(client, row, open_page(client, at(row)), **changes)
    assert response.status_code == 302, text(response)


def news(response) -> list[str]:
    """Messages about other users' changes after a save."""
    assert response.status_code == 302, text(response)
    messages = map(str, get_messages(response.wsgi_request))
    return [message for message in messages if message.startswith("While you had the page open: ")]


def text(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def fields(model, **lookup):
    return model.objects.get(**lookup)


# Fields


def test_field_changed_only_by_the_other_user_keeps_their_value(admin_client, ana, question):
    opened = open_page(admin_client, at(question))
    save(ana, question, help="By Ana")

    response = send(admin_client, question, opened, text="Mine")

    question.refresh_from_db()
    assert (question.text, question.help) == ("Mine", "By Ana")
    [line] = news(response)
    assert line.startswith("While you had the page open: Ana Ruiz changed “Help” (")
    assert line.endswith(". That change was kept.")


def test_field_changed_by_both_is_not_saved_and_shows_both_values(admin_client, ana, question):
    opened = open_page(admin_client, at(question))
    save(ana, question, text="By Ana", help="Ana's help")

    response = send(admin_client, question, opened, text="Mine")

    question.refresh_from_db()
    assert question.text == "By Ana"
    page = Page(response.content.decode())
    assert page.fields["text"] == ["Mine"]
    assert page.fields["help"] == ["Ana's help"]
    assert "Ana Ruiz changed this (" in text(response)
    assert re.search(r"Yours Mine Saved meanwhile by Ana Ruiz, [^)]+ By Ana ", text(response))
    assert "Nothing is saved yet. What you typed is still here." in text(response)

    send(admin_client, question, page)

    question.refresh_from_db()
    assert (question.text, question.help) == ("Mine", "Ana's help")


def test_user_can_take_the_other_value(admin_client, ana, question):
    opened = open_page(admin_client, at(question))
    save(ana, question, text="By Ana")
    page = Page(send(admin_client, question, opened, text="Mine", help="Mine").content.decode())

    send(admin_client, question, page, **{TAKE_THEIRS: "text"})

    question.refresh_from_db()
    assert (question.text, question.help) == ("By Ana", "Mine")


def test_another_change_while_deciding_is_reported_again(admin_client, ana, question):
    opened = open_page(admin_client, at(question))
    save(ana, question, text="By Ana")
    page = Page(send(admin_client, question, opened, text="Mine").content.decode())
    save(ana, question, text="By Ana again")

    response = send(admin_client, question, page)

    question.refresh_from_db()
    assert question.text == "By Ana again"
    assert "<dd><mark>By Ana again</mark></dd>" in response.content.decode()


def test_identical_changes_do_not_conflict(admin_client, ana, question):
    opened = open_page(admin_client, at(question))
    save(ana, question, text="Alike")

    response = send(admin_client, question, opened, text="Alike")

    assert news(response) == []


def test_change_in_the_users_own_other_window_is_attributed_to_her(admin_client, question):
    opened = open_page(admin_client, at(question))
    save(admin_client, question, text="The first window")

    response = send(admin_client, question, opened, text="The second window")

    assert "You changed this (" in text(response)


def test_change_by_an_unknown_author_is_reported(admin_client, question):
    opened = open_page(admin_client, at(question))
    Question.objects.filter(pk=question.pk).update(text="By a command")

    response = send(admin_client, question, opened, text="Mine")

    assert "Someone changed this while you had this page open." in text(response)


def test_page_without_state_is_saved_as_usual(admin_client, question):
    opened = open_page(admin_client, at(question))
    del opened.fields["as_opened"]
    Question.objects.filter(pk=question.pk).update(text="Since")

    send(admin_client, question, opened, text="Mine")

    question.refresh_from_db()
    assert question.text == "Mine"


@pytest.mark.parametrize("forged", ["x", "{}", "a:b", "\0"])
def test_forged_page_state_is_ignored(admin_client, question, forged):
    opened = open_page(admin_client, at(question))

    send(admin_client, question, opened, as_opened=forged, text="Mine")

    question.refresh_from_db()
    assert question.text == "Mine"


def test_words_that_differ_are_marked(admin_client, ana, draft):
    opened = open_page(admin_client, at(draft))
    save(ana, draft, statement="A learning tool & nothing <else>")

    response = send(admin_client, draft, opened, statement="A teaching tool & nothing else")

    page = response.content.decode()
    assert "<dd>A <mark>teaching</mark> tool &amp; nothing <mark>else</mark></dd>" in page
    assert "<dd>A <mark>learning</mark> tool &amp; nothing <mark>&lt;else&gt;</mark></dd>" in page


@pytest.mark.parametrize(
    ("text", "other", "shown"),
    [
        ("", "theirs", "<em>nothing</em>"),
        ("ours", "", "ours"),
        ("same", "same", "same"),
        ("a " * 2000, "b", "a " * 2000),
    ],
    ids=["empty", "other empty", "equal", "too long"],
)
def test_texts_without_words_to_mark(text, other, shown):
    assert marked(text, other) == shown


# Rows


def test_rows_are_merged_field_by_field(admin_client, ana, question):
    first, second = question.choices.all()[:2]
    opened = open_page(admin_client, at(question))
    save(ana, question, **{"choices-0-label": "Ana's first"})

    response = send(admin_client, question, opened, **{"choices-1-label": "My second"})

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.label, second.label) == ("Ana's first", "My second")
    assert "Ana Ruiz changed “Answer” of the answer “Ana's first”" in news(response)[0]


def test_points_are_merged_with_their_row(admin_client, ana, question):
    opened = open_page(admin_client, at(question))
    points = next(name for name in opened.fields if name.startswith("choices-0-points_"))
    save(ana, question, **{points: "7"})

    response = send(admin_client, question, opened, **{points: "3"})

    assert Page(response.content.decode()).fields[points] == ["3"]
    assert "Ana Ruiz changed this (" in text(response)
    assert re.search(r"Yours 3 Saved meanwhile by Ana Ruiz, [^)]+ 7 ", text(response))


def test_row_changed_by_both_shows_the_conflict(admin_client, ana, question):
    first = question.choices.first()
    opened = open_page(admin_client, at(question))
    save(ana, question, **{"choices-0-label": "Ana's first"})
    page = Page(
        send(admin_client, question, opened, **{"choices-0-label": "Mine"}).content.decode()
    )
    assert page.fields["choices-0-label"] == ["Mine"]

    send(admin_client, question, page, **{TAKE_THEIRS: f"choices:{first.pk}:label"})

    first.refresh_from_db()
    assert first.label == "Ana's first"


def test_deleted_row_is_reported_and_the_rest_is_saved(admin_client, ana, question):
    first = question.choices.first()
    label = first.label
    opened = open_page(admin_client, at(question))
    save(ana, question, **{"choices-0-DELETE": "on"})

    response = send(
        admin_client,
        question,
        opened,
        **{"text": "Mine", "choices-0-label": "Typed in vain", "choices-1-label": "My second"},
    )

    question.refresh_from_db()
    assert question.text == "Mine"
    assert question.choices.first().label == "My second"
    [line] = news(response)
    assert f"Ana Ruiz deleted the answer “{label}” (" in line
    assert line.endswith("What you typed there wasn't saved: Answer: “Typed in vain”")


def test_unedited_deleted_row_is_reported_briefly(admin_client, ana, question):
    opened = open_page(admin_client, at(question))
    save(ana, question, **{"choices-0-DELETE": "on"})

    response = send(admin_client, question, opened, text="Mine")

    [line] = news(response)
    assert "not saved" not in line


def test_row_deleted_by_both_is_not_reported(admin_client, ana, question):
    opened = open_page(admin_client, at(question))
    save(ana, question, **{"choices-0-DELETE": "on"})

    response = send(admin_client, question, opened, **{"choices-0-DELETE": "on"})

    assert news(response) == []


def test_deleted_row_is_dropped_from_a_page_without_state(admin_client, question):
    opened = open_page(admin_client, at(question))
    del opened.fields["as_opened"]
    question.choices.first().delete()

    response = send(admin_client, question, opened, text="Mine")

    question.refresh_from_db()
    assert question.text == "Mine"
    assert "deleted the answer" in news(response)[0]


def test_added_row_is_reported_and_kept(admin_client, ana, question):
    opened = open_page(admin_client, at(question))
    number = len(question.choices.all())
    save(
        ana,
        question,
        **{
            "choices-TOTAL_FORMS": str(number + 1),
            f"choices-{number}-label": "Ana's own",
            f"choices-{number}-question": str(question.pk),
            f"choices-{number}-id": "",
            f"choices-{number}-position": "",
        },
    )

    response = send(admin_client, question, opened, text="Mine")

    assert question.choices.filter(label="Ana's own").exists()
    assert "Ana Ruiz added the answer “Ana's own”" in news(response)[0]


def test_row_with_unseen_changes_is_not_deleted(admin_client, ana, question):
    first = question.choices.first()
    opened = open_page(admin_client, at(question))
    save(ana, question, **{"choices-0-label": "Ana's first"})

    response = send(admin_client, question, opened, **{"choices-0-DELETE": "on"})

    assert Choice.objects.filter(pk=first.pk).exists()
    assert "Ana Ruiz changed the answer “Ana's first” (" in text(response)
    assert "To delete it anyway, save again." in text(response)

    send(admin_client, question, Page(response.content.decode()))

    assert not Choice.objects.filter(pk=first.pk).exists()


def order(draft) -> list[str]:
    return [profile.key for profile in Profile.objects.filter(assessment=draft)]


def moved(page, prefix: str) -> dict[str, str]:
    """Swaps the first two rows."""
    names = [f"{prefix}-{index}-position" for index in (0, 1)]
    first, second = (page.fields[name][0] for name in names)
    return dict(zip(names, (second, first), strict=True))


def test_order_changed_only_by_the_other_user_is_kept(admin_client, ana, draft):
    opened = open_page(admin_client, at(draft))
    save(ana, draft, **moved(opened, "profiles"))
    theirs = order(draft)

    response = send(admin_client, draft, opened, title="Mine")

    assert order(draft) == theirs
    assert "Ana Ruiz changed the order of the result types" in news(response)[0]
    draft.refresh_from_db()
    assert draft.title == "Mine"


# Whole pages


def test_page_of_a_deleted_row_shows_typed_text(admin_client, ana, question):
    opened = open_page(admin_client, at(question))
    ana.post(at(question).replace("change", "delete"), {"post": "yes"})

    response = admin_client.post(
        at(question), {**opened.fields, "text": "Typed", "choices-0-label": "In a row"}
    )

    assert response.status_code == 410
    assert "Ana Ruiz deleted it (" in text(response)
    assert "Typed" in text(response)
    assert "In a row" in text(response)


def test_page_of_an_unknown_row_redirects_as_usual(admin_client):
    assert admin_client.get(address("question", "change", 999)).status_code == 302


def test_practice_edits_are_merged(admin_client, ana):
    page = address("practice", "changelist")
    opened = open_page(admin_client, page)
    post(ana, page, open_page(ana, page), name="Ana's practice", accent_colour="#aa0000")

    response = post(admin_client, page, opened, credentials="DPT")

    practice = Practice.objects.get()
    assert (practice.name, practice.credentials) == ("Ana's practice", "DPT")
    assert practice.accent_colour == "#aa0000"
    assert "Ana Ruiz changed" in text(response)


def test_every_editable_admin_detects_conflicts(rf, admin_user):
    request = rf.get("/")
    request.user = admin_user
    ours = [
        model_admin
        for model_admin in admin.site._registry.values()
        if model_admin.opts.app_label in {"assessments", "guides", "auth"}
        and model_admin.has_change_permission(request)
    ]

    assert len(ours) > 10
    assert [admin for admin in ours if not isinstance(admin, ConcurrentEditAdmin)] == []


@pytest.mark.parametrize("rows", [1, 12])
def test_conflict_detection_adds_no_queries(admin_client, question, rows):
    for number in range(rows):
        Choice.objects.create(question=question, label=f"More {number}")
    opened = open_page(admin_client, at(question))

    with CaptureQueriesContext(connection) as queries:
        admin_client.post(at(question), opened.fields)
    del opened.fields["as_opened"]
    with CaptureQueriesContext(connection) as before:
        admin_client.post(at(question), opened.fields)

    assert len(queries) == len(before)


@pytest.mark.parametrize(
    ("factory", "hers", "theirs"),
    [
        (ExerciseFactory, "cues", "steps"),
        (SharedRulesFactory, "missed", "runs"),
        (GuideFactory, "disclaimer", "introduction"),
        (PlanBlockFactory, "move_on_if", "goal"),
        (PlanFactory, "running", "title"),
    ],
)
def test_guide_edits_are_merged(admin_client, ana, factory, hers, theirs):
    row = factory.create()
    opened = open_page(admin_client, at(row))
    save(ana, row, **{theirs: "By Ana"})

    assert len(news(send(admin_client, row, opened, **{hers: "Mine"}))) == 1

    row.refresh_from_db()
    assert (getattr(row, hers), getattr(row, theirs)) == ("Mine", "By Ana")


def test_order_changed_by_both_shows_the_conflict(admin_client, ana, draft):
    """Two different swaps conflict, since an order is merged as a whole."""
    opened = open_page(admin_client, at(draft))
    names = sorted(name for name in opened.fields if re.fullmatch(r"questions-\d-position", name))
    first, second, *_, last = names
    save(ana, draft, **swapped(opened, second, last))
    theirs = list(draft.questions.values_list("pk", flat=True))

    response = send(admin_client, draft, opened, **swapped(opened, first, second))

    assert list(draft.questions.values_list("pk", flat=True)) == theirs
    assert "Ana Ruiz changed the order of the questions (" in text(response)
    page = Page(response.content.decode())

    send(admin_client, draft, page, **{TAKE_THEIRS: "questions:position"})
    assert list(draft.questions.values_list("pk", flat=True)) == theirs

    send(admin_client, draft, Page(response.content.decode()))
    assert list(draft.questions.values_list("pk", flat=True)) != theirs


@pytest.mark.parametrize("place", [ENDLESS, "²", "-1", "", "x"])
def test_invalid_position_is_handled(admin_client, ana, draft, place):
    opened = open_page(admin_client, at(draft))
    save(ana, draft, **moved(opened, "profiles"))

    response = send(admin_client, draft, opened, **{"profiles-0-position": place})

    assert response.status_code in {200, 302}


def test_overlong_row_number_is_handled(admin_client, ana, question):
    opened = open_page(admin_client, at(question))
    save(ana, question, **{"choices-0-DELETE": "on"})

    posted = urlencode({**opened.fields, f"choices-{ENDLESS}-label": "x"}, doseq=True)
    response = admin_client.post(at(question), posted, "application/x-www-form-urlencoded")

    assert "Ana Ruiz deleted the answer" in news(response)[0]


def swapped(page, one: str, other: str) -> dict[str, list[str]]:
    return {one: page.fields[other], other: page.fields[one]}


# Confirmation pages


def test_unseen_changes_are_not_published(admin_client, ana, draft, question):
    page = address("assessment", "publish", draft.pk)
    opened = open_page(admin_client, page)
    save(ana, draft.questions.first(), text="By Ana")

    response = post(admin_client, page, opened)

    assert draft.editions.count() == 1
    assert "Not published. Ana Ruiz changed this (" in text(response)

    question.delete()  # leaves the draft incomplete
    post(admin_client, page, open_page(admin_client, page))

    assert draft.editions.count() == 2


def test_unseen_changes_block_restoring(admin_client, ana, draft):
    page = address("edition", "restore", draft.editions.get().pk)
    opened = open_page(admin_client, page)
    save(ana, draft.questions.first(), text="By Ana")

    response = post(admin_client, page, opened)

    assert draft.questions.first().text == "By Ana"
    assert "Not restored. Ana Ruiz changed this (" in text(response)


def test_unseen_signature_is_not_overwritten(admin_client, ana, draft):
    edition = draft.editions.get()
    page = address("edition", "sign", edition.pk)
    opened = open_page(admin_client, page)
    post(ana, page, open_page(ana, page), reviewed_by="Ana Ruiz, PT")

    response = post(admin_client, page, opened, reviewed_by="Somebody else")

    edition.refresh_from_db()
    assert edition.reviewed_by == "Ana Ruiz, PT"
    assert "Not signed. Ana Ruiz changed this (" in text(response)


@pytest.mark.only_postgres
def test_saving_takes_the_lock(admin_client, question):
    opened = open_page(admin_client, at(question))

    with CaptureQueriesContext(connection) as queries:
        send(admin_client, question, opened, text="Mine")

    assert locked_before(queries, "assessments_question")


@pytest.mark.only_postgres
def test_signing_takes_the_lock(admin_client, draft):
    page = address("edition", "sign", draft.editions.get().pk)
    opened = open_page(admin_client, page)

    with CaptureQueriesContext(connection) as queries:
        post(admin_client, page, opened, reviewed_by="Ana Ruiz, PT")

    assert locked_before(queries, "assessments_edition")


def locked_before(queries, table: str) -> bool:
    """Whether the lock was taken before the table was read."""
    statements = [query["sql"] for query in queries]
    [lock] = [place for place, sql in enumerate(statements) if "FOR NO KEY UPDATE" in sql]
    return lock < min(place for place, sql in enumerate(statements) if f'FROM "{table}"' in sql)


def test_account_edits_are_merged(admin_client, admin_user, ana):
    opened = open_page(admin_client, at(admin_user))
    save(ana, admin_user, email="ana@example.org", groups=[Group.objects.get(name=GROUP).pk])

    [line] = news(send(admin_client, admin_user, opened, first_name="Marie"))

    admin_user.refresh_from_db()
    assert (admin_user.first_name, admin_user.email) == ("Marie", "ana@example.org")
    assert admin_user.groups.count() == 1
    assert "Ana Ruiz changed “Email address” and “Works as” (" in line
