"""The desk speaks the language that was picked in the browser. Runners' pages don't hear of it."""

import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from assessments.models import Assessment, Question
from guides.models import Contact

pytestmark = pytest.mark.django_db

PAGES = {
    "first page": lambda: reverse("admin:index"),
    "self-checks": lambda: reverse("admin:assessments_assessment_changelist"),
    "publish": lambda: of(Assessment, "publish"),
    "share": lambda: of(Assessment, "share"),
    "practice": lambda: reverse("admin:assessments_practice_changelist"),
    "numbers": lambda: reverse("admin:assessments_submission_numbers"),
    "contacts": lambda: reverse("admin:guides_contact_changelist"),
    "contact": lambda: of(Contact, "change"),
    "emails": lambda: reverse("admin:guides_delivery_changelist"),
}
ENGLISH = re.compile(
    r"\b(drafts?|publish(ed)?|versions?|saved?|delete|add|more|show|runners?|answers?|emails?|"
    r"numbers|needs|yet|isn't)\b",
    re.IGNORECASE,
)
"""Words of the desk that the content doesn't use in what these pages show of it."""
UNREAD = {"script", "style", "textarea", "svg", "option"}


class Reader(HTMLParser):
    """What a page says and what it calls its parts, without what stands in fields and frames."""

    def __init__(self, page):
        super().__init__()
        self.texts, self.unread = [], 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.unread += tag in UNREAD
        named = dict(attrs)
        self.texts += [named.get(name) or "" for name in ("aria-label", "title", "alt")]
        if tag == "input" and named.get("type") == "submit":
            self.texts.append(named.get("value") or "")

    def handle_endtag(self, tag):
        self.unread -= tag in UNREAD

    def handle_data(self, data):
        if not self.unread:
            self.texts.append(data)


def of(model, page):
    row = model.objects.order_by("pk").first()
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[row.pk])


@pytest.fixture
def spanish(admin_client):
    admin_client.post("/admin/language/", {"language": "es", "next": "/admin/"})
    return admin_client


def page(client, url, **headers):
    return client.get(url, headers=headers).content.decode()


def test_desk_speaks_english_whatever_the_browser_prefers(admin_client):
    desk = page(admin_client, "/admin/", accept_language="es")

    assert '<html lang="en" dir="ltr"' in desk
    assert 'lang="es">Español</button>' in desk
    assert "Log out" in desk


def test_picked_language_is_kept_for_the_desk_alone(admin_client):
    answer = admin_client.post(
        "/admin/language/", {"language": "es", "next": "/admin/auth/user/?q=a"}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/admin/auth/user/?q=a")
    cookie = answer.cookies["django_language"]
    assert (cookie.value, cookie["path"], cookie["httponly"]) == ("es", "/admin/", True)
    assert cookie["max-age"] > 300 * 24 * 3600
    desk = page(admin_client, "/admin/")
    assert '<html lang="es" dir="ltr"' in desk
    assert "Cerrar sesión" in desk
    assert 'lang="en">English</button>' in desk


def test_desk_speaks_english_again(spanish):
    spanish.post("/admin/language/", {"language": "en"})

    assert "Log out" in page(spanish, "/admin/")


@pytest.mark.parametrize("cookie", ["fr", "xx", "", "e\0s", "es" * 400, "../es"])
def test_desk_speaks_english_for_a_language_that_it_does_not_know(admin_client, cookie):
    admin_client.cookies["django_language"] = cookie

    assert '<html lang="en"' in page(admin_client, "/admin/")


def test_pages_of_errors_and_signing_in_speak_it_too(spanish):
    assert '<html lang="es"' in page(spanish, "/admin/auth/nothing/")

    spanish.logout()
    spanish.cookies["django_language"] = "es"
    assert '<html lang="es"' in page(spanish, "/admin/login/")


def test_language_leads_to_no_other_site(admin_client):
    answer = admin_client.post(
        "/admin/language/", {"language": "es", "next": "https://evil.example/"}
    )

    assert answer["Location"] == "/"


@pytest.mark.usefixtures("default_content")
def test_runners_pages_and_previews_speak_their_content_s_language(spanish):
    for url in ("/", "/check/tight-hips/", of(Assessment, "phone"), of(Question, "phone")):
        assert '<html lang="en"' in page(spanish, url)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("default_content")
def test_pages_leave_no_english_word(spanish, name):
    Contact.objects.create(email="ana@example.org", email_key="ana@example.org")

    texts = Reader(page(spanish, PAGES[name]())).texts

    assert [text.strip() for text in texts if ENGLISH.search(text)] == []


def test_english_words_are_found():
    said = Reader('<p title="Save">Your <b>draft</b></p><textarea>draft</textarea>').texts

    assert [text for text in said if ENGLISH.search(text)] == ["Save", "draft"]
