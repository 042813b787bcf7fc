"""Calendar files (iCalendar)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

Facts = Mapping[str, object]
"""An event's properties by name: a `uid`, so that a calendar that has it already replaces it, and
`dtstart` as a day, or as a moment in a time zone."""


def calendar_file(title: str, events: Iterable[Facts], *, now: datetime) -> bytes:
    """`title` says what of RunFit made it, in English."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", f"-//RunFit//{title}//EN")
    calendar.add("version", "2.0")
    for facts in events:
        event = Event()
        for name, value in facts.items():
            event.add(name, value)
        event.add("dtstamp", now.astimezone(UTC))
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
