"""Limits of 0, which let nothing through."""

from typing import Any

from django.conf import settings
from django.core import checks

from guides.checks.hosts import SETTINGS

STOPS = {
    "ANSWER_LIMIT_NETWORK_HOUR": "nobody can send a self-check",
    "GUIDE_LIMIT_NETWORK_HOUR": "nobody can ask for a guide",
    "GUIDE_LIMIT_HOUR": "nobody can ask for a guide",
}


@checks.register(SETTINGS, deploy=True)
def limits_let_runners_through(**kwargs: Any) -> list[checks.CheckMessage]:
    return [
        checks.Warning(
            f"{name} is 0: {what}.",
            hint="Unset it to get the default, or set a number that no visitor meets.",
            id="guides.W006",
        )
        for name, what in STOPS.items()
        if not getattr(settings, name)
    ]


@checks.register(SETTINGS, deploy=True)
def news_has_a_pace(**kwargs: Any) -> list[checks.CheckMessage]:
    if settings.NEWS_LIMIT_HOUR:
        return []
    return [
        checks.Warning(
            "NEWS_LIMIT_HOUR is 0: a news email goes to all its readers at once.",
            hint="Set how many emails an hour your mail service allows, or unset it.",
            id="guides.W007",
        )
    ]
