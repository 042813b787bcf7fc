"""Times the admin's lists and counts, in a process started by admin_lists.py."""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import django

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402 - needs the line above
from django.db.models import Count  # noqa: E402
from django.db.models.functions import TruncDate  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from assessments.analytics import reports  # noqa: E402
from assessments.models import Submission  # noqa: E402
from assessments.permissions import GROUP  # noqa: E402
from benchmarks.rows.admin_lists import LISTS  # noqa: E402
from guides.models import Contact  # noqa: E402

COUNTED = timedelta(days=90)
DEEP = dict.fromkeys(LISTS, 30) | {"Answers": 90}  # the other lists have a third as many rows


def main() -> None:
    client = signed_in()
    addresses = pages(client)
    answer = {"pages": lambda: "|".join(addresses), "counts": kept_counts, "rows": counted_rows}
    for line in sys.stdin:
        name = line.strip()
        print(answer[name]() if name in answer else opened(client, addresses[name]), flush=True)


def signed_in() -> Client:
    pt, _ = User.objects.get_or_create(username="pt", is_staff=True)
    pt.groups.add(Group.objects.get(name=GROUP))
    client = Client(headers={"host": "localhost"})
    client.force_login(pt)
    return client


def pages(client: Client) -> dict[str, str]:
    found = {}
    for name, model in LISTS.items():
        address = reverse(f"admin:{model}_changelist")
        last = client.get(address).context_data["cl"].paginator.num_pages
        asked: dict[str, dict[str, Any]] = {
            "first page": {},
            **looks(name),
            f"page {DEEP[name]}": {"p": min(DEEP[name], last)},
            "last page": {"p": last},
        }
        found |= {f"{name}, {what}": f"{address}?{urlencode(how)}" for what, how in asked.items()}
    return found


def looks(name: str) -> dict[str, dict[str, Any]]:
    """Filters and searches."""
    middle = Contact.objects.order_by("pk")[Contact.objects.count() // 2]
    by_address = {
        "search for an address": {"q": middle.email},
        "search for its beginning": {"q": middle.email.partition("@")[0][:-1]},
    }
    match name:
        case "Answers":
            usual, *_, rare = profiles()
            return {
                "the most usual result type": {"profile": usual},
                "the rarest result type": {"profile": rare},
                "a safety level": {"safety_level": "emergency"},
                "the last seven days": days("created_at", -7),
                "a result type in seven days": {"profile": usual, **days("created_at", -7)},
                "search for a link": {"q": middle.links.get().submission.token},
            }
        case "Emails":
            return {
                "failed lately": {"needs": "failed"},
                "waiting too long": {"needs": "late"},
                "sent": {"state__exact": "sent"},
                "failed": {"state__exact": "failed"},
                "follow-ups": {"kind__exact": 2},
                "the last seven days": days("queued_at", -7),
                **by_address,
            }
        case "Contacts":
            return {"the last seven days": days("created_at", -7), **by_address}
        case "Consents":
            return {
                "to the secret": {"purpose__exact": "secret"},
                "taken back": {"step__exact": "withdrawn"},
                **by_address,
            }
        case _:
            return {"over in these seven days": days("expires_at", -7), **by_address}


def profiles() -> list[str]:
    counted = Submission.objects.exclude(profile="").order_by().values_list("profile")
    return [key for key, _ in counted.annotate(number=Count("pk")).order_by("-number")]


def days(field: str, back: int) -> dict[str, Any]:
    """The query parameters of the admin's date filter."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        f"{field}__gte": today + timedelta(days=back),
        f"{field}__lt": today + timedelta(days=1),
    }


def opened(client: Client, address: str) -> str:
    """Milliseconds, and the number of rows shown. A whole address leads straight to its contact."""
    start = perf_counter()
    response = client.get(address)
    taken = perf_counter() - start
    assert response.status_code in (200, 302), f"{response.status_code} at {address}"
    rows = len(response.context_data["cl"].result_list) if response.status_code == 200 else 1
    return f"{taken * 1000:.3f} {rows}"


def kept_counts() -> str:
    """Milliseconds to count finished self-checks per day from the daily counts."""
    return timed(by_counts)[0]


def counted_rows() -> str:
    """The same from the rows, which must agree."""
    taken, raw = timed(by_rows)
    assert raw == {day: number for day, number in by_counts(*counted_days()).items() if number}
    return taken


def timed(ask: Callable[[date, date], dict[date, int]]) -> tuple[str, dict[date, int]]:
    first, last = counted_days()
    start = perf_counter()
    found = ask(first, last)
    return f"{(perf_counter() - start) * 1000:.3f}", found


def counted_days() -> tuple[date, date]:
    last = timezone.localdate() - timedelta(days=1)
    return last - COUNTED + timedelta(days=1), last


def by_counts(first: date, last: date) -> dict[date, int]:
    return reports.by_day(first, last, "finish")


def by_rows(first: date, last: date) -> dict[date, int]:
    """One query that an index alone can answer."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = timezone.localdate()
    since, until = (midnight - (today - each) for each in (first, last + timedelta(days=1)))
    rows = Submission.objects.order_by().filter(created_at__gte=since, created_at__lt=until)
    rows = rows.exclude(profile="")
    days = rows.annotate(day=TruncDate("created_at")).values_list("day")
    return dict(days.annotate(number=Count("pk")))


if __name__ == "__main__":
    main()
