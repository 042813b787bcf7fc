"""The pages that offer a new edition of the default content."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment, Edition, Question
from guides.models import Exercise, Guide, GuideEdition, TakeOver
from tests.assessments.browser import Page, open_page, post, queries, said
from tests.assessments.factories import ChoiceFactory, PointsFactory, QuestionFactory
from tests.guides.default_content.test_references import rename
from tests.guides.factories import ExerciseFactory, PlanStepFactory
from tests.guides.shipped import Shipped

pytestmark = pytest.mark.django_db

OFFER = "/admin/guides/guide/default-content/"
TAKE = f"{OFFER}take/"
PUT_BACK = f"{OFFER}put-back/"
ALERT = "There's a new edition of the content that comes with RunFit"
MOST_QUERIES = 102  # most of them for the findings in both drafts


@pytest.fixture
def desk(client: Client, pt: User) -> Client:
    client.force_login(pt)
    return client


def html(client: Client, at: str) -> str:
    response = client.get(at)
    assert response.status_code == 200
    return response.content.decode()


def alerts(client: Client) -> list[str]:
    page = client.get(reverse("admin:index")).context["page"]
    return [alert.title for alert in page["alerts"] if alert.address == OFFER]


def take(client: Client, address: str) -> Any:
    """Confirms what the page shows."""
    return post(client, address, open_page(client, address))


def links(client: Client, draft: Any) -> list[str]:
    name = f"admin:{draft._meta.app_label}_{draft._meta.model_name}_change"
    page = client.get(reverse(name, args=[draft.pk]))
    return [link.address for link in page.context["desk_links"]]


def test_first_page_offers_a_new_edition(desk: Client, shipped: Shipped) -> None:
    assert alerts(desk) == []

    shipped.change_all()
    shipped.write()

    assert alerts(desk) == [ALERT]


def test_the_pages_are_linked_from_drafts_that_came_with_runfit(
    desk: Client, second: Shipped
) -> None:
    own = Assessment.objects.create(title="My own")

    assert OFFER in links(desk, Assessment.objects.get(slug="small"))
    assert OFFER in links(desk, Guide.objects.get())
    assert OFFER not in links(desk, own)


def test_what_differs_is_listed_by_part(desk: Client, second: Shipped) -> None:
    Question.objects.filter(key="touch").update(text="Mine?")

    page = html(desk, OFFER)

    assert [title for title, _ in desk.get(OFFER).context["groups"]] == [
        "The self-check", "Exercises", "Plans", "The guide",
    ]  # fmt: skip
    assert "the words: “Mine?” becomes “How far down do you get?”. <strong" in page
    assert "You changed this." in page
    assert 'name="part" value="exercise:march"' in page
    assert Page(page).fields.get("part") is None
    assert Page(html(desk, f"{OFFER}?all")).fields["part"] == [
        "safety", "questions", "areas", "results", "advice", "faq", "why", "texts", "rules",
        "exercise:march", "exercise:bridge", "plan:stiff", "guide", "emails",
    ]  # fmt: skip


def test_parts_are_taken_over_once_confirmed(desk: Client, second: Shipped) -> None:
    at = f"{TAKE}?part=faq&part=plan%3Astiff"
    page = html(desk, at)
    assert "Comes along." in page
    assert "The plan “Two easy weeks” uses the exercise “March”." in page
    assert not TakeOver.objects.exists()

    response = take(desk, at)

    assert said(response) == ["Took over 3 parts. Runners see no change until you publish."]
    assert response.redirect_chain == [(f"{OFFER}#standing", 302)]
    assert "pt took over parts on" in response.content.decode()
    assert "Live: version 1; 1 unpublished change" in response.content.decode()
    assert Exercise.objects.filter(key="march").exists()
    assert {(log.content_type.model, log.change_message) for log in LogEntry.objects.all()} == {
        (
            kind,
            "Took over from what comes with RunFit: Questions that runners ask, March, Reach first.",
        )
        for kind in ("assessment", "guide")
    }
    assert alerts(desk) == [ALERT]


def test_what_was_found_in_the_drafts_stands_right_after(desk: Client, second: Shipped) -> None:
    second.check["questions"][-1]["choices"][0]["points"] = {"power": 5}
    second.check["cases"] = [
        {"name": "Ana", "answers": {}, "safety": ["none"], "expect": {"profile": "nobody"}}
    ]
    second.write()

    response = take(desk, f"{TAKE}?part=cases")

    assert "Ana" in response.content.decode()
    assert "Fix this:" in response.content.decode()


def test_all_of_it_says_what_goes(desk: Client, second: Shipped) -> None:
    ExerciseFactory(name="My move")
    page = html(desk, f"{TAKE}?whole=1")
    assert "What becomes of your own changes" in page
    assert "Exercise “My move” is removed. <strong" in page

    take(desk, f"{TAKE}?whole=1")

    assert not Exercise.objects.filter(name="My move").exists()
    assert alerts(desk) == []
    assert "Your drafts have everything that came with this RunFit." in html(desk, OFFER)
    assert [Edition.objects.count(), GuideEdition.objects.count()] == [1, 1]


def test_exercises_in_use_elsewhere_are_named(desk: Client, second: Shipped) -> None:
    PlanStepFactory(block__plan__profile=None, exercise__name="My move")

    response = take(desk, f"{TAKE}?whole=1")

    assert said(response)[1:] == [
        "The exercise “My move” stays: a plan that isn't part of this uses it."
    ]


def test_obstacles_are_shown_beside_the_reason(desk: Client, shipped: Shipped) -> None:
    own = QuestionFactory(assessment=Assessment.objects.get(), text="Sore?")
    area = Assessment.objects.get().dimensions.get(key="reach")
    PointsFactory(choice=ChoiceFactory(question=own), dimension=area)
    rename(shipped.check, "reach", "legs")
    shipped.write()
    at = f"{TAKE}?part=areas"

    page = html(desk, at)

    assert "The question “Sore?” uses the score area “Reach”, which goes." in page
    assert 'value="Take over"' not in page
    assert "can't be taken over yet" in post(desk, at, Page(page)).content.decode()
    assert not TakeOver.objects.exists()


@pytest.mark.parametrize("address", [f"{TAKE}?part=faq", f"{TAKE}?whole=1"])
def test_a_change_in_another_window_is_shown_first(
    desk: Client, second: Shipped, address: str
) -> None:
    opened = open_page(desk, address)
    Assessment.objects.get().faq.filter(key="run").update(answer="Mine.")

    response = post(desk, address, opened)

    assert said(response)[0].startswith("Nothing was taken over. Someone changed this")
    assert "“Mine.” becomes “Yes, slowly.”" in response.content.decode()
    assert not TakeOver.objects.exists()


def test_a_second_window_takes_nothing_over_twice(desk: Client, second: Shipped) -> None:
    at = f"{TAKE}?part=faq"
    opened = open_page(desk, at)
    take(desk, at)

    response = post(desk, at, opened)

    assert said(response) == ["Nothing was picked, or nothing in it differs anymore."]


@pytest.mark.parametrize("query", ["", "?part=", "?part=nothing", "?part=exercise:gone"])
def test_nothing_picked_leads_back(desk: Client, second: Shipped, query: str) -> None:
    response = desk.get(f"{TAKE}{query}", follow=True)

    assert said(response) == ["Nothing was picked, or nothing in it differs anymore."]
    assert response.redirect_chain == [(OFFER, 302)]


def test_what_was_there_is_put_back(desk: Client, second: Shipped) -> None:
    take(desk, f"{TAKE}?whole=1")
    page = html(desk, PUT_BACK)
    assert "“Yes, slowly.” becomes “Yes.”" in page

    response = take(desk, PUT_BACK)

    assert said(response) == ["Your drafts are what they were before."]
    assert Assessment.objects.get().faq.get(key="run").answer == "Yes."
    newest = LogEntry.objects.order_by("-pk").first()
    assert newest is not None
    assert newest.change_message == "Put back what was there before the take-over."
    assert said(desk.get(PUT_BACK, follow=True)) == ["There's nothing to put back."]


def test_putting_back_asks_again_if_the_draft_changed(desk: Client, second: Shipped) -> None:
    take(desk, f"{TAKE}?part=faq")
    opened = open_page(desk, PUT_BACK)
    Assessment.objects.update(title="Mine")

    response = post(desk, PUT_BACK, opened)

    assert said(response)[0].startswith("Nothing was put back. ")
    assert Assessment.objects.get().faq.get(key="run").answer == "Yes, slowly."


def test_not_now_puts_it_away(desk: Client, second: Shipped) -> None:
    response = post(desk, OFFER, open_page(desk, OFFER))

    assert response.redirect_chain == [(reverse("admin:index"), 302)]
    assert said(response) == ["Put away. You'll find it on the pages of your drafts."]
    assert alerts(desk) == []
    assert 'value="Not now"' not in html(desk, OFFER)
    assert 'name="part" value="faq"' in html(desk, OFFER)


def test_a_site_without_default_content_says_so(desk: Client) -> None:
    assert "None of your content came with RunFit" in html(desk, OFFER)


def test_only_those_who_may_change_all_of_it_see_it(client: Client, second: Shipped) -> None:
    helper = User.objects.create_user("helper", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename__endswith="_assessment"))
    client.force_login(helper)

    assert alerts(client) == []
    assert [client.get(at).status_code for at in (OFFER, TAKE, PUT_BACK)] == [403] * 3
    assert [client.post(at).status_code for at in (OFFER, TAKE, PUT_BACK)] == [403] * 3


PAGES = (OFFER, f"{TAKE}?part=questions&part=plan:stiff", f"{TAKE}?whole=1", PUT_BACK)


@pytest.mark.parametrize("address", PAGES)
def test_query_counts_are_constant(
    desk: Client, second: Shipped, no_expiry: None, address: str
) -> None:
    take(desk, f"{TAKE}?part=exercise:march")
    few = queries(desk, address)

    for number in range(9):
        more = second.exercise("bridge") | {"id": f"more{number}", "picture": None}
        second.library["exercises"].append(
            {key: more[key] for key in more if more[key] is not None}
        )
        ExerciseFactory.create()
        ChoiceFactory(question__assessment=Assessment.objects.get())
    second.write()

    assert queries(desk, address) == few <= MOST_QUERIES


@pytest.mark.parametrize("address", PAGES)
def test_a_strict_policy_blocks_nothing(desk: Client, second: Shipped, address: str) -> None:
    take(desk, f"{TAKE}?part=exercise:march")

    assert Page(html(desk, address)).blocked == []
