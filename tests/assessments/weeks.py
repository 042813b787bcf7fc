"""Daily counts with realistic numbers."""

from datetime import date, timedelta
from random import Random

from assessments.models import DayCount, Edition
from assessments.selectors import edition_definition

AFTER = {
    "asked": 0.6,
    "sent": 0.99,
    "opened": 0.8,
    "downloaded": 0.6,
    "confirmed": 0.4,
    "again": 0.1,
}
SOURCES = {"": 0.5, "newsletter": 0.3, "instagram": 0.2}


def believable(edition: Edition, last_day: date, days: int, *, visits: int = 40) -> None:
    """A funnel that loses some runners at every step, and many at one question and safety item."""
    random = Random(7)
    definition = edition_definition(edition)
    rows = []
    for back in range(days):
        day = last_day - timedelta(days=back)
        came = random.randint(visits // 2, visits)
        rows += [
            DayCount(day=day, step=step, item=item, number=number, by=by, value=value)
            for (step, item, by, value), number in _day(
                random, definition, str(edition.pk), came
            ).items()
            if number
        ]
    DayCount.objects.bulk_create(rows)


def _day(random, definition, edition, came):
    numbers = {("visit", "", "", ""): came, ("visit", "", "bot", "bot"): came // 3}
    now = {("start", ""): int(came * 0.7)}
    going = int(came * 0.7)
    for number, question in enumerate(definition.questions):
        now["reached", question.key] = going
        going = int(going * (0.85 if number == 3 else 0.98))
        now["left", question.key] = going
        for choice in question.choices:
            share = going // len(question.choices)
            numbers["answer", f"{question.key}:{choice.key}", "edition", edition] = share
    now["stop", ""] = stopped = going // 6
    now["stop", definition.safety.items[0].key] = stopped
    now["finish", ""] = going = going - stopped
    for step, share in AFTER.items():
        going = now[step, ""] = int(going * share)
    for (step, item), number in now.items():
        numbers[step, item, "", ""] = numbers[step, item, "edition", edition] = number
    for source, share in SOURCES.items():
        for step, item in [("visit", ""), *now]:
            whole = came if step == "visit" else now[step, item]
            numbers[step, item, "source", source] = int(whole * share)
    for profile in definition.profiles:
        share = now["finish", ""] // len(definition.profiles)
        numbers["finish", "", "profile", profile.key] = share + random.randint(0, 1)
    return numbers
