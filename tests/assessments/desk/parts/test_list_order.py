"""The order of self-checks is moved in their list."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import Assessment
from assessments.publishing.translations import translation_add
from assessments.selectors import IN_ORDER
from tests.assessments.browser import said
from tests.assessments.factories import AssessmentFactory

LIST = "/admin/assessments/assessment/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def her(client, pt):
    client.force_login(pt)
    return client


def order() -> list[int]:
    return [row.pk for row in Assessment.objects.order_by(*IN_ORDER)]


def move(client, words: str):
    return client.post(f"{LIST}order/", {"move": words}, follow=True)


def test_arrows_move_a_self_check(her):
    first, second, third = (AssessmentFactory().pk for _ in range(3))
    assert f'form="list-order" name="move" value="{third}/up"' in her.get(LIST).content.decode()

    [message] = said(move(her, f"{third}/up"))

    assert "is now number 2, on the first page, too." in message
    assert order() == [first, third, second]
    move(her, f"{first}/up")
    assert order() == [first, third, second]
    move(her, f"{first}/down")
    assert order() == [third, first, second]


def test_translation_stands_with_its_original_and_has_no_arrows(her, draft):
    other = AssessmentFactory()
    spanish = translation_add(original=draft, language="es")
    move(her, f"{other.pk}/up")

    assert order() == [other.pk, draft.pk, spanish.pk]
    shown = her.get(LIST).context["cl"].result_list
    assert [row.pk for row in shown] == order()
    assert f'value="{spanish.pk}/up"' not in her.get(LIST).content.decode()


@pytest.mark.parametrize("words", ["", "up", "0/up", "x/up", "1/sideways", "9" * 30 + "/up"])
def test_nothing_moves_by_other_words(her, draft, words):
    assert said(move(her, words)) == ["Nothing moved: this list has changed."]


def test_others_have_no_arrows(client, draft):
    client.force_login(User.objects.create_user("helper", is_staff=True))

    assert client.post(f"{LIST}order/", {"move": f"{draft.pk}/up"}).status_code == 403


def test_list_takes_the_same_queries_for_one_and_many(her, draft):
    def queries() -> int:
        her.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            her.get(LIST)
        return len(captured)

    one = queries()
    for _ in range(3):
        AssessmentFactory()

    assert queries() == one
