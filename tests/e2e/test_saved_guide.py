"""The guide where there's no network: saved by its first visit, and gone once it's erased."""

import re
import time
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone
from playwright.sync_api import Error, expect

from guides.content.training import read_record
from guides.models import Contact, DownloadLink, Training
from guides.runner import guide_views
from tests.e2e.test_pages_a11y import guide_pages, result  # noqa: F401 - fixtures
from tests.support.http_runner import guide_path, running
from tests.support.processes import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVED = "Saved for the gym."
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
LEFT = """async () => {
  const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const urls = (await Promise.all(caches_.map((cache) => cache.keys()))).flat().map(({ url }) => new URL(url).pathname);
  return [urls.sort(), (await navigator.serviceWorker.getRegistrations()).length];
}"""


def open_and_save(page, url: str) -> None:
    page.goto(url)
    expect(page.get_by_text(SAVED)).to_be_visible(timeout=30_000)


def left(page) -> list:
    """What this browser holds: the paths that are saved, and how many workers."""
    return page.evaluate(LEFT)


def eventually(condition) -> None:
    wait_for(condition, "what the worker does")


def eventually_nothing_is_left(page) -> None:
    eventually(lambda: left(page) == [[], 0])


def is_drawn(picture) -> bool:
    picture.scroll_into_view_if_needed()
    picture.evaluate("image => image.decode()")
    return picture.evaluate("image => image.naturalWidth > 0")


def test_everything_opens_once_the_server_is_gone(browser, tmp_path):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    with running({"VAR_DIR": str(tmp_path / "var")}, tmp_path / "log") as runner:
        runner.ask(runner.answer(), "runner@example.org")
        mail = tmp_path / "var" / "mail"
        wait_for(lambda: list(mail.glob("*.eml")), "the mail")
        [file] = mail.glob("*.eml")
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        guide = runner.site + guide_path(message)
        open_and_save(page, guide)
        assert faults == []

    faults.clear()
    page.goto(guide)
    expect(page.get_by_role("heading", name="When do you want to train?")).to_be_visible()
    for path in ("plan/strength_gap/session/1/", *(f"session/{number}/" for number in (3, 2, 1))):
        page.goto(f"{guide}{path}")
        pictures = page.locator("main img:visible").all()
        assert len(pictures) > 3
        assert all(is_drawn(picture) for picture in pictures)
    page.get_by_role("button", name="Start the timer").first.click()
    expect(page.locator("[data-phase]").first).to_have_text("Get ready")
    page.locator(".pains").get_by_role("button", name="2", exact=True).click()
    expect(page.get_by_role("heading", name="Today's session is done")).to_be_visible()
    page.get_by_role("link", name="Back to my guide").first.click()
    expect(page.get_by_text(SAVED)).to_be_visible()
    assert [fault for fault in faults if "ERR_CONNECTION_REFUSED" not in fault] == []
    context.close()


def test_session_done_offline_is_merged_once_online(page, context, guide_pages, faults):  # noqa: F811
    open_and_save(page, guide_pages["guide"])
    page.get_by_role("button", name="Use these days").click()
    page.get_by_role("button", name="Save with my link").click()
    expect(page.get_by_text("Saved with your link")).to_be_visible()
    context.set_offline(True)
    page.goto(guide_pages["session"])
    page.locator(".pains").get_by_role("button", name="3", exact=True).click()
    expect(page.get_by_role("heading", name="Today's session is done")).to_be_visible()
    assert not read_record(Training.objects.get().record).done

    # Sent by the page that's open or by the next one, whichever notices first.
    context.set_offline(False)
    page.goto(guide_pages["guide"])
    wait_for(lambda: read_record(Training.objects.get().record).done, "the session")

    assert [each.pain for each in read_record(Training.objects.get().record).done] == [3]
    assert faults == []


def erase():
    Contact.objects.all().delete()


def revoke():
    DownloadLink.objects.update(revoked_at=timezone.now())


def expire():
    DownloadLink.objects.update(expires_at=timezone.now() - timedelta(minutes=1))


@pytest.mark.parametrize("end", [erase, revoke, expire])
def test_next_contact_removes_what_has_ended(page, context, guide_pages, end):  # noqa: F811
    open_and_save(page, guide_pages["guide"])
    end()
    context.set_offline(True)
    page.goto(guide_pages["session"])
    expect(page.locator("[data-exercise]")).not_to_have_count(0)
    context.set_offline(False)

    page.goto(guide_pages["guide"])

    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile("This link has expired|This link doesn't work")
    )
    eventually_nothing_is_left(page)
    context.set_offline(True)
    with pytest.raises(Error, match=r"ERR_(INTERNET_DISCONNECTED|FAILED)"):
        page.goto(guide_pages["guide"])


def test_open_page_removes_it_once_the_network_is_back(page, context, guide_pages):  # noqa: F811
    open_and_save(page, guide_pages["guide"])
    context.set_offline(True)
    page.wait_for_function("!navigator.onLine")
    erase()
    context.set_offline(False)

    eventually_nothing_is_left(page)


# The network is said to be there, but brings only so many answers.
BRINGS = """(answers) => {
  self.real ??= fetch;
  self.fetch = (...asked) => (answers-- > 0 ? real(...asked) : Promise.reject(new TypeError("Failed to fetch")));
}"""


def test_open_page_tries_again_until_the_network_brings_something(page, context, guide_pages):  # noqa: F811
    open_and_save(page, guide_pages["guide"])
    [worker] = context.service_workers
    worker.evaluate(BRINGS, 0)
    erase()
    context.set_offline(True)
    page.wait_for_function("!navigator.onLine")
    context.set_offline(False)
    page.wait_for_timeout(1000)
    assert left(page) != [[], 0]

    worker.evaluate(BRINGS, 1000)

    eventually_nothing_is_left(page)


def test_one_page_that_is_gone_is_enough(page, context, guide_pages):  # noqa: F811
    open_and_save(page, guide_pages["guide"])
    [worker] = context.service_workers
    worker.evaluate(BRINGS, 1)
    erase()
    page.evaluate("dispatchEvent(new Event('online'))")

    eventually_nothing_is_left(page)
    expect(page.get_by_text(SAVED)).to_be_hidden()


def test_link_that_ends_offline_opens_no_more(page, context, guide_pages):  # noqa: F811
    ends = timezone.now() + timedelta(seconds=5)
    DownloadLink.objects.update(expires_at=ends)
    open_and_save(page, guide_pages["guide"])
    context.set_offline(True)
    page.wait_for_timeout(max(0, (ends - timezone.now()).total_seconds()) * 1000)

    with pytest.raises(Error, match=r"ERR_(INTERNET_DISCONNECTED|FAILED)"):
        page.goto(guide_pages["guide"])


def test_erasing_removes_it_at_once(page, guide_pages):  # noqa: F811
    open_and_save(page, guide_pages["guide"])
    page.goto(guide_pages["erase"])
    page.locator("main form button").last.click()
    expect(page.get_by_text("You're all set.")).to_be_visible()

    eventually_nothing_is_left(page)


def test_next_visit_saves_what_has_changed(page, context, guide_pages, client):  # noqa: F811
    open_and_save(page, guide_pages["guide"])
    DownloadLink.objects.update(profile="activation_first")
    goal = re.search("<h1>(.*)</h1>", client.get(guide_pages["session"]).content.decode())[1]
    page.goto(guide_pages["guide"])
    text = "async (url) => (await caches.match(url)).text()"
    eventually(lambda: f"<h1>{goal}</h1>" in page.evaluate(text, guide_pages["session"]))
    context.set_offline(True)

    page.goto(guide_pages["session"])

    expect(page.get_by_role("heading", level=1)).to_have_text(goal)


def test_only_the_guide_is_saved(page, guide_pages):  # noqa: F811
    open_and_save(page, guide_pages["guide"])
    result_path = guide_pages["on its way"].removesuffix("on-its-way/")
    others = [guide_pages[name] for name in ("on its way", "secret", "preferences", "unsubscribe")]
    for path in (
        "/",
        "/check/tight-hips/",
        result_path,
        *others,
        f"{guide_pages['guide']}calendar/",
    ):
        page.goto(path)

    paths, workers = left(page)
    pages = [path for path in paths if not re.match("/(static|media)/|/(icon|practice)-", path)]
    assert workers == 1
    sessions = [f"session/{number}/" for number in (1, 2, 3)]
    then = "plan/strength_gap/"
    assert pages == [
        f"{guide_pages['guide']}{path}"
        for path in ("", then, *(f"{then}{each}" for each in sessions), "saved", *sessions)
    ]
    assert not [path for path in paths if "check" in path]


def test_runner_removes_it_and_saves_it_again(page, context, guide_pages):  # noqa: F811
    open_and_save(page, guide_pages["guide"])
    page.get_by_role("button", name="Remove from this device").click()
    eventually_nothing_is_left(page)
    page.reload()
    expect(page.get_by_role("button", name="Save for the gym")).to_be_visible()
    assert left(page) == [[], 0]

    page.get_by_role("button", name="Save for the gym").click()

    expect(page.get_by_text(SAVED)).to_be_visible()
    context.set_offline(True)
    assert page.goto(guide_pages["session"]).ok


def test_device_that_saves_data_is_asked_first(page, guide_pages):  # noqa: F811
    page.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
    )
    page.goto(guide_pages["guide"])

    expect(page.get_by_role("button", name="Save for the gym")).to_be_visible()
    assert left(page) == [[], 0]


def test_slow_network_gives_way_after_three_seconds(page, guide_pages, monkeypatch):  # noqa: F811
    open_and_save(page, guide_pages["guide"])
    find = guide_views.link_or_404
    monkeypatch.setattr(guide_views, "link_or_404", lambda token: time.sleep(12) or find(token))
    begun = time.monotonic()

    page.goto(guide_pages["guide"], wait_until="commit")

    assert 2.5 < time.monotonic() - begun < 8
    expect(page.get_by_text(SAVED)).to_be_visible()
    page.wait_for_timeout(1)


def test_saving_is_no_visit_and_opening_through_the_worker_is(
    browser,
    live_server,
    guide_pages,  # noqa: F811
):
    context = browser.new_context(base_url=live_server.url, user_agent=PERSON, locale="en-US")
    page = context.new_page()
    open_and_save(page, guide_pages["guide"])
    assert DownloadLink.objects.get().opened
    DownloadLink.objects.update(opened=False)
    page.get_by_role("button", name="Remove from this device").click()
    page.get_by_role("button", name="Save for the gym").click()
    expect(page.get_by_text(SAVED)).to_be_visible()
    assert not DownloadLink.objects.get().opened

    page.reload()

    assert DownloadLink.objects.get().opened
    context.close()
