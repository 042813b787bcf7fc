import pytest

from guides.checks.limits import limits_let_runners_through, news_has_a_pace
from tests.guides.checks.found import ids


@pytest.mark.parametrize(
    "name", ["ANSWER_LIMIT_NETWORK_HOUR", "GUIDE_LIMIT_NETWORK_HOUR", "GUIDE_LIMIT_HOUR"]
)
def test_limit_that_lets_nobody_through_is_reported(settings, name):
    assert ids(limits_let_runners_through()) == []

    setattr(settings, name, 0)

    (found,) = limits_let_runners_through()
    assert found.id == "guides.W006"
    assert found.msg.startswith(f"{name} is 0: nobody can ")


@pytest.mark.parametrize(("limit", "expected"), [(0, ["guides.W007"]), (100, [])])
def test_news_without_a_pace_is_reported(settings, limit, expected):
    settings.NEWS_LIMIT_HOUR = limit

    assert ids(news_has_a_pace()) == expected
