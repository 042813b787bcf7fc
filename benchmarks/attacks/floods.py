"""One inbox, the hourly whole, and the disk."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product

from assessments.models import RequestCount, Submission
from benchmarks.attacks.site import Browser, client, submission, web
from guides.models import Delivery
from guides.states import State
from tests.support.http_runner import ANSWERS

AT_ONCE = 8


def attack() -> None:
    for one, environ in (
        (_one_inbox, {}),
        (_one_network, {}),
        (_the_whole, {"GUIDE_LIMIT_HOUR": "500"}),
        (_the_disk, {"ANSWER_LIMIT_NETWORK_HOUR": "100"}),
    ):
        RequestCount.objects.all().delete()
        with web(**environ) as browser:
            one(browser)


def _queued() -> int:
    return Delivery.objects.exclude(state=State.CANCELLED).count()


def _guide(browser: Browser, email: str, network: str) -> int:
    path = f"/result/{submission().token}/guide/"
    return browser.post(path, {"email": email}, network)[0]


def _one_inbox(browser: Browser) -> None:
    """Spellings of one inbox, each with an address of its own, in parallel."""
    before = _queued()
    port = browser.connection.port
    paths = [f"/result/{submission().token}/guide/" for _ in range(200)]

    def ask(number: int) -> int:
        name = "v" + "." * (number % 2) + "ictim"
        fields = {"email": f"{name}+{number}@gmail.com"}
        return Browser(port).post(paths[number], fields, client(number))[0]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = list(pool.map(ask, range(len(paths))))
    print(f"One inbox in {len(paths)} spellings: {_queued() - before} emails; {_told(statuses)}")


def _one_network(browser: Browser) -> None:
    """All the /64s of a /48, to as many strangers."""
    before = _queued()
    statuses = [
        _guide(browser, f"stranger{number}@gmail.com", f"2001:db8:7:{number * 97 % 65536:x}::1")
        for number in range(700)
    ]
    print(f"700 strangers from one /48: {_queued() - before} emails; {_told(statuses)}")


def _the_whole(browser: Browser) -> None:
    """With a limit of 500 an hour: /48s ask until nothing more comes, then runners ask."""
    statuses = [
        _guide(browser, f"any{number}@gmail.com", f"2001:db8:{number % 8 + 16:x}:{number:x}::1")
        for number in range(700)
    ]
    runners = [
        _guide(browser, f"runner{number}@gmail.com", f"203.0.113.{number}") for number in range(50)
    ]
    print(
        f"The whole, asked for by eight /48s: {_told(statuses)}; then 50 runners: {_told(runners)}"
    )


def _the_disk(browser: Browser) -> None:
    """With a limit of 100 an hour: one form, sent again and again with other answers."""
    browser.connection.request("GET", "/check/tight-hips/", headers={"Host": "localhost"})
    page = browser.connection.getresponse().read().decode()
    match = re.search(r'name="form_token" value="([^"]*)"', page)
    assert match
    time.sleep(2.1)
    before = Submission.objects.count()
    statuses = [
        browser.post(
            "/check/tight-hips/",
            {**ANSWERS, **answers, "form_token": match[1]},
            "203.0.113.200",
        )[0]
        for answers in _other_answers()
    ]
    rows = Submission.objects.count() - before
    print(f"{len(statuses)} answers with one form: {rows} rows; {_told(statuses)}")


def _other_answers() -> list[dict[str, str]]:
    kinds = {
        "worst_pain": "01234",
        "duration": ("3to12m", "6to12w"),
        "pattern": ("most_days", "after_most"),
        "hamstring_feel": ("most_days", "sometimes"),
        "reach": ("knee", "ankle"),
        "relief": ("few_hours", "lt1h"),
    }
    return [dict(zip(kinds, answers, strict=True)) for answers in product(*kinds.values())]


def _told(statuses: list[int]) -> str:
    return ", ".join(f"{statuses.count(status)} times {status}" for status in sorted({*statuses}))
