import json
import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from django.core.cache import caches
from django.db.models import Value
from django.db.models.functions import Replace
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from pypdf import PdfReader

from assessments.models import Practice, Submission
from guides import selectors, signed_links
from guides.consents.services import contact_erase, contact_unsubscribe
from guides.guide_requests.links import link_requests_answer
from guides.mail import messages
from guides.models import Consent, Contact, Delivery, DownloadLink, Guide, GuideEdition, Suppression
from guides.publishing.services import guide_publish
from guides.states import State
from runfit.lib import caching
from runfit.lib.storage import files
from runfit.lib.storage.folder import Folder
from tests.assessments.small import caring, edition_of


def without_secrets(page: str) -> str:
    """Without what differs from second to second."""
    return re.sub(r'(name="csrfmiddlewaretoken" value|data-seconds)="[^"]+"', "", page)


def request_url(submission) -> str:
    return f"/result/{submission.token}/guide/"


def on_its_way_url(submission) -> str:
    return f"/result/{submission.token}/on-its-way/"


@pytest.fixture
def token(delivery) -> str:
    return signed_links.guide_token(delivery.link)


def test_request_redirects_to_on_its_way(client, submission):
    response = client.post(request_url(submission), {"email": "runner@example.org"})

    assert response.status_code == 303
    assert response["Location"] == on_its_way_url(submission)
    page = client.get(response["Location"])
    assert "<strong>runner@example.org</strong>" in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_other_browsers_see_a_masked_address(client, submission):
    client.post(request_url(submission), {"email": "runner@example.org"})
    note = client.cookies["typed"]
    assert (note["path"], note["httponly"], note["samesite"]) == (
        on_its_way_url(submission),
        True,
        "Lax",
    )

    for stranger in (Client(), Client(headers={"Cookie": "typed=runner@example.org:x:y"})):
        page = stranger.get(on_its_way_url(submission)).content.decode()
        assert "<strong>r•••@example.org</strong>" in page
        assert "runner@example.org" not in page


def test_returning_to_an_earlier_address_shows_it(client, submission):
    for email in ("slip@example.org", "right@example.org", "slip@example.org"):
        client.post(request_url(submission), {"email": email})
        assert (
            f"<strong>{email}</strong>" in client.get(on_its_way_url(submission)).content.decode()
        )
        Delivery.objects.update(state=State.SENT)


def test_international_domain_is_shown_as_typed(client, submission):
    client.post(request_url(submission), {"email": "ana@straße.example"})

    page = client.get(on_its_way_url(submission)).content.decode()
    assert "<strong>ana@straße.example</strong>" in page


@pytest.mark.parametrize(
    "email",
    ["", "runner", "runner@", "a@b", "runner@example.org\r\nBcc: x@example.org", "x" * 250 + "@a.org",
     "run\u202ener@example.org", "runner@exam\u200bple.org", "run\x00ner@example.org", "\u017fam@example.org", "<b>@example.org"],
)  # fmt: skip
def test_invalid_address_is_a_field_error(client, submission, email):
    response = client.post(request_url(submission), {"email": email, "follow_up": "on"})

    page = response.content.decode()
    assert response.status_code == 422
    assert 'aria-invalid="true"' in page
    assert "checked" in page
    assert Delivery.objects.count() == 0


def test_response_does_not_reveal_suppressed_addresses(client, submit, contact):
    contact_erase(contact=contact)
    pages = []
    for email in ("runner@example.org", "rnew@example.org"):
        submission = submit()
        response = client.post(request_url(submission), {"email": email}, follow=True)
        assert response.redirect_chain == [(on_its_way_url(submission), 303)]
        page = response.content.decode()
        pages.append(page.replace(submission.token, "").replace(email, "r@example.org"))

    assert Suppression.objects.count() == 1
    assert [Delivery.objects.filter(state=state).count() for state in ("queued", "cancelled")] == [
        1,
        1,
    ]
    assert without_secrets(pages[0]) == without_secrets(pages[1])


def forms_of(page: str) -> list[dict[str, str]]:
    """The data that each form on the page would submit."""
    forms = []
    for form in re.findall(r"(?s)<form\b.*?</form>", page):
        tags = re.findall(r"<(?:input|button)\b[^>]*>", form)
        pairs = [
            (re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags
        ]
        forms.append({name[1]: unescape(value[1]) for name, value in pairs if name and value})
    return forms


@pytest.mark.parametrize("answer", ["yes", "no", "again as typed"])
def test_typo_suggestion_keeps_the_checkbox(client, submission, answer):
    url = request_url(submission)
    asked = client.post(url, {"email": "Ana <ana@gmial.com>,", "follow_up": "on"})

    page = asked.content.decode()
    assert asked.status_code == 422
    assert "<h1>Did you mean ana@gmail.com?</h1>" in page
    assert "Yes, use ana@gmail.com" in page
    assert "No, send it to ana@gmial.com" in page
    assert 'value="Ana &lt;ana@gmial.com&gt;,"' in page
    assert Delivery.objects.count() == 0

    again, yes, no = forms_of(page)
    data = {"yes": yes, "no": no, "again as typed": {**again, "follow_up": "on"}}[answer]
    assert client.post(url, data).status_code == 303
    meant = "ana@gmail.com" if answer == "yes" else "ana@gmial.com"
    assert list(Contact.objects.values_list("email", flat=True)) == [meant]
    assert Consent.objects.filter(purpose="follow_up").count() == 1


def test_second_typo_gets_another_suggestion(client, submission):
    page = client.post(request_url(submission), {"email": "ana@gmial.com"}).content.decode()
    again = forms_of(page)[0] | {"email": "ana@hotmial.com"}

    assert (
        "Did you mean ana@hotmail.com?"
        in client.post(request_url(submission), again).content.decode()
    )


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("ana@gmail,com", "ana@gmail.com"),
        ("ana@hotmial", "ana@hotmail.com"),
        ("josé@gmail.com", "jose@gmail.com"),
    ],
)
def test_unmailable_address_gets_a_suggestion_only(client, submission, typed, offered):
    page = client.post(request_url(submission), {"email": typed}).content.decode()

    assert f"Yes, use {offered}" in page
    assert "No, send it to" not in page
    assert client.post(request_url(submission), {"email": typed, "meant": typed}).status_code == 422
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize(
    "typed",
    [
        "ana@example.org.",
        " mailto:ana@example.org",
        "ana@example.org\u200b,",
        '"Ana, R." <ana@example.org>',
    ],
)
def test_surrounding_text_is_stripped_from_the_address(client, submission, typed):
    assert client.post(request_url(submission), {"email": typed}).status_code == 303
    assert Contact.objects.get().email == "ana@example.org"


def test_non_ascii_local_part_is_explained(client, submission):
    page = client.post(request_url(submission), {"email": "\u0434@example.org"}).content.decode()

    assert "plain letters before the @" in page


FILLED = {"email": "runner@example.org", "follow_up": "on", "leave_empty": "Ana"}


def test_filled_honeypot_is_rejected(client, submission):
    for more in ({}, {"person": "x"}, {"person": ""}):
        assert client.post(request_url(submission), FILLED | more).status_code == 422
    assert Delivery.objects.count() == 0


def test_browser_filled_honeypot_passes_on_second_submit(client, submission):
    asked = client.post(request_url(submission), FILLED)

    page = asked.content.decode()
    assert "Something, maybe your browser, filled in a hidden field." in page
    assert 'value="runner@example.org"' in page
    assert "checked" in page
    [again] = forms_of(page)
    assert "leave_empty" not in again
    fills_all = again | {"follow_up": "on", "leave_empty": "filled in once more"}
    assert client.post(request_url(submission), fills_all).status_code == 303
    assert Contact.objects.get().email == "runner@example.org"


def test_honeypot_and_typo_pass_with_one_click_each(client, submission):
    page = client.post(
        request_url(submission), FILLED | {"email": "ana@gmial.com"}
    ).content.decode()

    yes = forms_of(page)[1]
    assert client.post(request_url(submission), yes).status_code == 303
    assert Contact.objects.get().email == "ana@gmail.com"


@pytest.mark.parametrize(
    ("safety", "cleared", "status"),
    [
        (("saddle",), False, 403),
        (("pregnant",), False, 403),
        (("pregnant",), True, 303),
    ],
)
def test_safety_level_withholds_the_guide(client, submit, safety, cleared, status):
    submission = submit(safety=safety)
    if cleared:
        client.post(f"/result/{submission.token}/clearance/", {"cleared": "on"})

    response = client.post(request_url(submission), {"email": "runner@example.org"})

    assert response.status_code == status
    assert Delivery.objects.count() == (1 if status == 303 else 0)


def test_network_limit_keeps_the_typed_address(client, submit, settings):
    settings.GUIDE_LIMIT_NETWORK_HOUR = 1
    client.post(request_url(submit()), {"email": "one@example.org"})

    response = client.post(request_url(submit()), {"email": "two@example.org"})

    assert response.status_code == 429
    assert "two@example.org" in response.content.decode()


def test_on_its_way_offers_to_send_again_after_a_minute(client, ask, submission):
    ask(submission)
    page = client.get(on_its_way_url(submission)).content.decode()
    assert re.search(r'<form [^>]* hidden data-seconds="(60|5\d)"', page)

    Delivery.objects.update(queued_at=timezone.now() - timedelta(seconds=61), state=State.SENT)
    page = client.get(on_its_way_url(submission)).content.decode()
    assert 'name="again"' in page
    assert "data-seconds" not in page

    client.post(request_url(submission), {"again": "1"})
    assert Delivery.objects.count() == 2


def test_on_its_way_shows_the_daily_limit(client, ask, submission):
    ask(submission, state=State.SENT)
    for minutes in (10, 20):
        Delivery.objects.update(
            queued_at=timezone.now() - timedelta(minutes=minutes), state=State.SENT
        )
        client.post(request_url(submission), {"again": "1"})
    Delivery.objects.update(queued_at=timezone.now() - timedelta(minutes=10))

    page = client.get(on_its_way_url(submission)).content.decode()
    assert 'name="again"' not in page
    assert "That's three emails for today. You can ask for the next one in 23" in page


def test_on_its_way_shows_when_a_fourth_address_gets_its_email(client, submission):
    for name in "abcd":
        client.post(request_url(submission), {"email": f"{name}@example.org"})
        Delivery.objects.filter(state=State.QUEUED, due_at__lte=timezone.now()).update(
            state=State.SENT, attempts=1
        )

    page = client.get(on_its_way_url(submission)).content.decode()
    assert "If this one can still get an email today, we'll send it in 59" in page
    assert "<strong>d@example.org</strong>" in page


def test_waiting_address_with_the_same_mask_is_not_shown(client, ask, submission):
    """Both are masked as a•••@example.org."""
    for name in ("anna", "b", "c"):
        ask(submission, f"{name}@example.org", attempts=1, state=State.SENT)
    ask(submission, "alex@example.org")

    client.post(request_url(submission), {"email": "anna@example.org"})
    page = client.get(on_its_way_url(submission)).content.decode()

    assert "<strong>anna@example.org</strong>" in page
    assert "we'll send it in" not in page


def test_on_its_way_offers_correction_without_cookies(client, ask, submission):
    ask(submission)
    Delivery.objects.update(queued_at=timezone.now() - timedelta(seconds=61))

    page = client.get(on_its_way_url(submission)).content.decode()

    assert f'action="{request_url(submission)}"' in page
    assert 'value="Send it to this address"' in page
    assert not client.cookies
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(request_url(submission), {"email": "right@example.org"}).status_code == 303
    assert Delivery.objects.filter(contact__email="right@example.org").exists()


def test_on_its_way_has_no_forms_without_a_guide(client, ask, submission, monkeypatch):
    ask(submission)
    Delivery.objects.update(queued_at=timezone.now() - timedelta(seconds=61))
    monkeypatch.setattr("guides.selectors.guide_for", lambda _: None)

    page = client.get(on_its_way_url(submission)).content.decode()

    assert "<form" not in page
    assert "After a minute" not in page


def test_on_its_way_links_to_local_inbox(client, ask, submission, settings):
    ask(submission)
    assert reverse("admin:guides_inbox") in client.get(on_its_way_url(submission)).content.decode()

    settings.EMAIL_KEPT_LOCALLY = False
    assert "inbox" not in client.get(on_its_way_url(submission)).content.decode()


def test_on_its_way_without_a_request_redirects_to_result(client, submission):
    response = client.get(on_its_way_url(submission))

    assert (response.status_code, response["Location"]) == (303, f"/result/{submission.token}/")


def test_guide_page_links_to_download_and_is_private(client, token, delivery):
    page = client.get(f"/guide/{token}/")

    assert page.status_code == 200
    assert reverse("guides:download", args=[token]) in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "no-referrer"


def test_guide_page_shows_its_own_result_type(client, ask, submit):
    other = {"reach": "knee", "hamstring_feel": "most_days", "strength_days": "none"}
    asked = [ask(submit(), "one@example.org"), ask(submit(**other), "two@example.org")]

    content = selectors.guide_content(asked[0].link.edition)
    profiles = [content.profile(delivery.link.profile) for delivery in asked]
    pages = [
        client.get(f"/guide/{signed_links.guide_token(delivery.link)}/").content.decode()
        for delivery in asked
    ]
    for profile, page, foreign in zip(profiles, pages, reversed(pages), strict=True):
        goals = [block.goal for block in profile.plan.blocks]
        assert len(set(goals)) == len(goals) > 1
        for words in (profile.see_someone_if, profile.plan.running, *goals):
            assert escape(words) in page
            assert escape(words) not in foreign


def test_guide_page_shows_its_own_edition(client, ask, submit):
    old = ask(submit(), "one@example.org").link
    before = without_secrets(
        client.get(f"/guide/{signed_links.guide_token(old)}/").content.decode()
    )
    row = Guide.objects.get(slug="strength-guide")
    row.introduction = "A new beginning."
    row.save()
    new = ask(submit(), "two@example.org").link
    new.edition = guide_publish(guide=row, user=None)
    new.save()

    assert (
        "A new beginning."
        in client.get(f"/guide/{signed_links.guide_token(new)}/").content.decode()
    )
    page = client.get(f"/guide/{signed_links.guide_token(old)}/").content.decode()
    assert without_secrets(page) == before


def test_guide_page_shows_changes_of_the_practice(client, token):
    client.get(f"/guide/{token}/")

    Practice.objects.create(name="Hill Practice", booking_link="https://example.org/book")
    caching.clear()

    assert 'href="https://example.org/book"' in client.get(f"/guide/{token}/").content.decode()


def test_the_download_is_the_pdf(client, token):
    response = client.get(f"/guide/{token}/download/")

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith('attachment; filename="')
    assert len(PdfReader(BytesIO(response.content)).pages) > 3


def test_download_supports_head(client, token):
    response = client.head(f"/guide/{token}/download/")

    assert (response.status_code, response.content) == (200, b"")
    assert int(response["Content-Length"]) > 10_000


def test_download_supports_conditional_requests(client, token, delivery):
    url = f"/guide/{token}/download/"
    first = client.get(url)

    again = client.get(url, headers={"If-None-Match": first["ETag"]})
    other = client.get(f"{url}?paper=a4", headers={"If-None-Match": first["ETag"]})

    assert first["Cache-Control"] == again["Cache-Control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200
    DownloadLink.objects.update(revoked_at=timezone.now())
    assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 404


def test_download_uses_x_accel_redirect(client, token, settings):
    settings.ACCEL_LOCATION = "/files/"
    url = f"/guide/{token}/download/"
    client.get(url)

    response = client.get(url)

    sent = response["X-Accel-Redirect"]
    assert response.content == b""
    assert response["Content-Type"] == "application/pdf"
    assert sent.startswith("/files/guides/built/")
    path = settings.MEDIA_ROOT / sent.removeprefix("/files/")
    assert path.read_bytes().startswith(b"%PDF-")


def test_download_from_a_bucket_comes_from_this_site(client, token, files_in_bucket):
    for name in Folder().names():
        files().write(name, Folder().contents(name))
    url = f"/guide/{token}/download/"
    built, stored = client.get(url), client.get(url)

    assert built.content == stored.content
    assert (stored.status_code, stored.content[:5]) == (200, b"%PDF-")
    assert stored["Cache-Control"] == "private, no-cache"
    (name,) = files().kept_in("guides/built")
    assert name.endswith(".pdf")


def test_session_shows_each_exercise_of_its_block(client, token, delivery):
    content = selectors.guide_content(delivery.link.edition)
    block = content.plan(delivery.link.profile).blocks[1]

    response = client.get(f"/guide/{token}/session/2/")

    page = unescape(response.content.decode())
    exercises = [exercise for exercise, _ in content.session(block)]
    words = [
        word
        for exercise in exercises
        for word in (
            exercise.name,
            exercise.position,
            *exercise.steps,
            *exercise.cues,
            exercise.easier,
            exercise.harder,
        )
    ]
    assert [word for word in words if word not in page] == []
    assert page.count('class="picture still"') == len(exercises)
    assert page.count('class="picture moving"') == len(exercises)
    assert "no-store" in response["Cache-Control"]


def test_session_shows_several_pictures_and_clips_wait_for_a_tap(client, token, delivery):
    edition = delivery.link.edition
    text = type(edition).objects.values_list("content", flat=True).get(pk=edition.pk)
    data = json.loads(text)
    first = selectors.guide_content(edition).session(
        selectors.guide_content(edition).plan(delivery.link.profile).blocks[0]
    )[0][0]
    [exercise] = [each for each in data["exercises"] if each["id"] == first.id]
    exercise["more_pictures"] = [
        {"file": "pictures/a.png", "alt": "She <sits>.", "clip": "pictures/a b.mp4"},
        {"file": "pictures/b.png", "alt": "She stands.", "caption": "Slowly"},
    ]
    exercise |= {"target": "", "equipment": "", "position": "", "cues": [], "easier": ""}
    type(edition).objects.filter(pk=edition.pk).update(content=json.dumps(data))
    caching.clear()

    page = client.get(f"/guide/{token}/session/1/").content.decode()

    shown = page.partition('class="exercise"')[2].partition("</li>\n<li")[0]
    [video] = re.findall(r"<video[^>]*>", shown)
    assert 'aria-label="She &lt;sits&gt;." poster="/media/pictures/a.png"' in video
    assert 'muted loop playsinline controls preload="none"' in video
    assert "autoplay" not in page
    assert '<source src="/media/pictures/a%20b.mp4" type="video/mp4">' in shown
    assert "<figcaption" in shown
    assert f'role="group" tabindex="0" aria-label="Pictures: {first.name}"' in shown
    assert [
        word for word in ("You need", "Start:", "Think of:", "Easier</dt>") if word in shown
    ] == []


def test_only_the_last_session_leads_to_the_next_check(client, token, delivery):
    blocks = selectors.guide_content(delivery.link.edition).plan(delivery.link.profile).blocks
    pages = [
        client.get(f"/guide/{token}/session/{number}/").content.decode()
        for number in range(1, len(blocks) + 1)
    ]

    ends = [f'href="/guide/{token}/retest/">Retake the check' in page for page in pages]
    assert ends == [False] * (len(blocks) - 1) + [True]
    assert ["See the next weeks" in page for page in pages] == [not end for end in ends]
    assert all(page.count("data-finish>") == 1 for page in pages)


@pytest.mark.parametrize("number", [0, 99])
def test_session_out_of_range_leads_to_the_guide(client, token, number):
    # Not a 404: after one, a browser removes what it saved of the link.
    assert client.get(f"/guide/{token}/session/{number}/")["Location"] == f"/guide/{token}/"


def test_session_of_an_expired_link_redirects_to_guide(client, token):
    DownloadLink.objects.update(expires_at=timezone.now() - timedelta(days=1))

    response = client.get(f"/guide/{token}/session/1/")

    assert (response.status_code, response["Location"]) == (303, f"/guide/{token}/")


def test_session_pictures_exist(client, token):
    page = client.get(f"/guide/{token}/session/1/").content.decode()

    for source in re.findall(r'<img class="picture paper" src="([^"]+)"', page):
        response = client.get(source)
        response.close()
        assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")


@pytest.mark.parametrize("path", ["guides/built/", "../db.sqlite3", "pictures/../guides/x.pdf"])
def test_other_media_files_are_not_served(client, db, settings, path):
    (settings.MEDIA_ROOT / "guides").mkdir(parents=True, exist_ok=True)
    (settings.MEDIA_ROOT / "guides" / "x.pdf").write_bytes(b"%PDF-")

    assert client.get(f"/media/{path}").status_code in {400, 404}


def tokens_that_open_nothing(token: str) -> list[str]:
    return [
        "x",
        token[:-1],
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        "1." + token,
        f"0{token}",
    ]


@pytest.mark.parametrize("tail", ["", "session/1/", "download/", "secret/"])
def test_invalid_and_revoked_links_get_the_same_response(client, token, tail):
    bodies = {
        client.get(f"/guide/{wrong}/{tail}").content for wrong in tokens_that_open_nothing(token)
    }
    assert client.get(f"/guide/{token}/{tail}").status_code == 200

    DownloadLink.objects.update(revoked_at=timezone.now())
    revoked = client.get(f"/guide/{token}/{tail}")

    assert revoked.status_code == 404
    assert bodies == {revoked.content}


def test_expired_link_explains_a_refused_renewal(client, token, delivery, contact):
    DownloadLink.objects.update(expires_at=timezone.now())
    Delivery.objects.update(state=State.SENT, queued_at=timezone.now() - timedelta(hours=5))

    pages = []
    for _ in range(3):
        pages.append(client.post(f"/guide/{token}/").content.decode())
        Delivery.objects.update(state=State.SENT, queued_at=timezone.now() - timedelta(hours=5))
    contact_unsubscribe(contact=contact)
    pages.append(client.post(f"/guide/{token}/").content.decode())

    expected = ["A fresh link is on its way"] * 2 + [
        "three times in the last 24 hours",
        "We've stopped all",
    ]
    assert [words in page for words, page in zip(expected, pages, strict=True)] == [True] * 4
    assert [page.count("A fresh link is on its way") > 0 for page in pages[2:]] == [False] * 2


def test_expired_link_can_be_renewed(client, token, delivery):
    DownloadLink.objects.update(expires_at=timezone.now())
    Delivery.objects.update(queued_at=timezone.now() - timedelta(days=31), state=State.SENT)

    for page in ("", "download/", "secret/"):
        assert client.get(f"/guide/{token}/{page}").status_code == 410
    response = client.post(f"/guide/{token}/", {"action": "fresh"})

    assert response.status_code == 200
    assert "r•••@example.org" in response.content.decode()
    newest = selectors.deliveries_of(delivery.submission).first()
    assert newest.contact == delivery.contact
    assert not newest.link.expired


def test_follow_up_is_confirmed_by_post_only(client, ask, submission):
    link = ask(submission, follow_up=True).link
    url = f"/guide/{signed_links.guide_token(link)}/"

    for _ in range(3):
        client.get(url)
    assert selectors.consent_step(link.contact, Consent.Purpose.FOLLOW_UP) == Consent.Step.ASKED

    client.post(url, {"action": "confirm"})
    assert selectors.consent_step(link.contact, Consent.Purpose.FOLLOW_UP) == Consent.Step.CONFIRMED


def test_secret_sign_up_is_by_post_only(client, token, contact):
    url = f"/guide/{token}/secret/"

    client.get(url)
    assert selectors.consent_step(contact, Consent.Purpose.SECRET) == ""

    client.post(url)
    assert selectors.consent_step(contact, Consent.Purpose.SECRET) == Consent.Step.CONFIRMED


def test_unsubscribing_is_by_post_and_can_be_undone(client, contact):
    url = f"/unsubscribe/{signed_links.unsubscribe_token(contact)}/"

    client.get(url)
    assert not selectors.address_suppressed(contact.email)
    client.post(url)
    assert selectors.address_suppressed(contact.email)
    client.post(url, {"action": "undo"})
    assert not selectors.address_suppressed(contact.email)


def test_links_of_an_erased_contact_are_not_found(client, token, contact):
    unsubscribe = f"/unsubscribe/{signed_links.unsubscribe_token(contact)}/"
    contact_erase(contact=contact)

    assert client.get(f"/guide/{token}/").status_code == 404
    assert client.get(unsubscribe).status_code == 404
    assert Contact.objects.count() == 0


@pytest.mark.parametrize(
    ("url", "method"),
    [("/result/x/guide/", "get"), ("/result/x/on-its-way/", "post"), ("/guide/x/download/", "post"),
     ("/guide/x/", "put"), ("/unsubscribe/x/", "delete")],
)  # fmt: skip
def test_method_not_allowed_gets_an_error_page(client, db, url, method):
    response = getattr(client, method)(url)

    assert response.status_code == 405
    assert "<h1" in response.content.decode()


def test_tokens_are_not_interchangeable(client, token, contact):
    unsubscribe = signed_links.unsubscribe_token(contact)

    assert client.get(f"/guide/{unsubscribe}/").status_code == 404
    assert client.get(f"/unsubscribe/{token}/").status_code == 404


def test_queries_of_each_page(client, token, submission, contact, django_assert_num_queries):
    for url in (f"/guide/{token}/", on_its_way_url(submission)):
        client.get(url)  # warm the caches

    with django_assert_num_queries(2):  # link, consent
        client.get(f"/guide/{token}/")
    with django_assert_num_queries(2):  # submission, delivery
        client.get(on_its_way_url(submission))
    client.get(f"/guide/{token}/download/")  # stores the PDF
    for path in ("session/1/", "download/"):
        with django_assert_num_queries(1):  # link
            client.get(f"/guide/{token}/{path}")


@pytest.mark.parametrize(
    ("accept", "country", "papers"),
    [
        ("en-US,en;q=0.9", "DE", ("letter", "a4", "A4 version")),
        ("de-DE", "US", ("a4", "letter", "US Letter version")),
        ("en", "US", ("letter", "a4", "A4 version")),
        ("en", "GB", ("a4", "letter", "US Letter version")),
    ],
)
def test_paper_fits_the_reader_and_the_other_is_a_tap_away(client, token, accept, country, papers):
    Practice.objects.update_or_create(defaults={"country": country})
    caching.clear()
    first, other, label = papers
    headers = {"Accept-Language": accept}

    page = client.get(f"/guide/{token}/", headers=headers).content.decode()

    assert re.findall(r'href="/guide/[^/]+/download/\?paper=(\w+)">([^<]+)<', page) == [
        (first, "Download the guide (PDF)"),
        (other, label),
    ]
    width = {"letter": 612, "a4": 595}
    for query, paper in (("", first), ("?paper=odd", first), (f"?paper={other}", other)):
        pdf = client.get(f"/guide/{token}/download/{query}", headers=headers).content
        assert round(PdfReader(BytesIO(pdf)).pages[0].mediabox.width) == width[paper]


def test_guide_page_keeps_quiet_about_a_secret_that_is_not_written(client, token, delivery):
    secret = selectors.guide_content(delivery.link.edition).secret
    assert not secret.filled_in

    before = client.get(f"/guide/{token}/").content.decode()
    GuideEdition.objects.update(
        content=Replace("content", Value(json.dumps(secret.text)[1:-1]), Value("A book."))
    )
    caching.clear()
    caches["shared"].clear()

    assert secret.title not in before
    assert secret.title in client.get(f"/guide/{token}/").content.decode()


def test_pdf_says_what_the_result_says_and_skips_what_it_must(client, submission, delivery):
    token = signed_links.guide_token(delivery.link)
    advice = selectors.runner_advice(submission)

    text = pdf_text(client.get(f"/guide/{token}/download/").content)

    assert advice.answers
    assert [question for question, _ in advice.answers if question not in text] == []
    Submission.objects.all().delete()
    assert advice.answers[0][0] not in pdf_text(client.get(f"/guide/{token}/download/").content)


def pdf_text(pdf):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_pdf_links_to_page_that_emails_a_personal_link(client, token, delivery):
    url = "/guide/strength-guide/phone/"
    pdf = PdfReader(BytesIO(client.get(f"/guide/{token}/download/").content))
    annotations = [note.get_object() for page in pdf.pages for note in page.get("/Annots", [])]
    codes = {note["/A"].get("/URI") for note in annotations if "/A" in note}
    plan = f"{url}{delivery.link.profile}/"
    assert {f"http://testserver{plan}{number}/" for number in (1, 2)} <= codes
    Delivery.objects.update(state=State.SENT, queued_at=timezone.now() - timedelta(days=3))

    pages = [
        without_secrets(client.post(url, {"email": email}).content.decode())
        for email in ("runner@example.org", "stranger@example.org")
    ]

    assert client.get(url).status_code == client.get(f"{url}2/").status_code == 200
    assert client.get(plan).status_code == client.get(f"{plan}2/").status_code == 200
    assert pages[0] == pages[1]
    link_requests_answer()
    assert Delivery.objects.count() == 2
    assert client.post(url, {"email": "x"}).status_code == 422
    assert client.get("/guide/no-such-guide/phone/").status_code == 404


def test_missing_plan_redirects_to_page_and_logs_critical(client, token, caplog):
    DownloadLink.objects.update(profile="gone")

    response = client.get(f"/guide/{token}/download/", follow=True)

    assert response.redirect_chain == [(f"/guide/{token}/?pdf=later", 303)]
    assert "make the PDF just now" in response.content.decode()
    assert "CRITICAL" in {record.levelname for record in caplog.records}


def test_guide_pages_use_the_guide_language(client, delivery, contact):
    GuideEdition.objects.update(
        content=Replace("content", Value('"language":"en"'), Value('"language":"es"'))
    )
    caching.clear()
    guide = f"/guide/{signed_links.guide_token(delivery.link)}/"

    for path in (
        guide,
        f"{guide}secret/",
        f"/unsubscribe/{signed_links.unsubscribe_token(contact)}/",
    ):
        body = client.get(path).content.decode()
        assert '<html lang="es" dir="ltr">' in body, path
        assert '<a class="brand" href="/">' in body, path

    translation = edition_of(caring(language="es", slug="small-es")).assessment
    translation.translation_of = delivery.link.edition.guide.assessment
    translation.save()
    caching.clear()

    assert '<a class="brand" href="/es/">' in client.get(guide).content.decode()


def test_guide_email_uses_the_guide_language(delivery):
    GuideEdition.objects.update(
        content=Replace("content", Value('"language":"en"'), Value('"language":"es"'))
    )
    caching.clear()

    message = messages.build(delivery)

    assert "Recibes este correo porque alguien usó tu dirección" in message.body
