"""The runner's pages in a frame on another site."""

import json
import re
from contextlib import suppress

import pytest
from django.test import Client
from django.urls import Resolver404, get_script_prefix, resolve, reverse

from assessments.analytics import collector
from assessments.analytics.utm import page_clean
from assessments.models import Practice, Sight, Submission
from assessments.runner.embed.middleware import FRAMED
from runfit.lib import caching
from tests.assessments.analytics.test_bots import RUNNER
from tests.assessments.small import ANSWERS, SMALL, edition_of, token_of
from tests.runfit.hostile import templates

pytestmark = pytest.mark.django_db
CHECK = "/embed/check/small/"
ALONE = {"Sec-Fetch-Dest": "document"}


@pytest.fixture
def edition():
    return edition_of(SMALL)


def list_sites(*sites):
    practice = Practice.get_solo()
    practice.embed_sites = "\n".join(sites)
    practice.save()
    caching.clear()


def ancestors(response):
    return re.search(r"frame-ancestors ([^;]*)", response["Content-Security-Policy"])[1]


def sent(client, edition, path=CHECK, **headers):
    data = ANSWERS | {"form_token": token_of(edition)}
    return client.post(path, data, headers=headers)


def test_only_listed_sites_may_frame_only_the_framed_pages(client, edition):
    assert ancestors(client.get(CHECK)) == "'self'"

    list_sites("yourblog.example", "localhost:8001")

    framed, plain = client.get(CHECK), client.get("/check/small/")
    assert ancestors(framed) == (
        "'self' https://yourblog.example https://www.yourblog.example http://localhost:8001"
    )
    assert "X-Frame-Options" not in framed
    assert ancestors(plain) == "'none'"
    assert plain["X-Frame-Options"] == "DENY"


def test_whole_way_stays_in_the_frame_without_cookies(client, edition):
    answered = sent(client, edition)
    result = client.get(answered["Location"])
    added = client.get(f"{answered['Location']}checks/")

    assert answered["Location"] == f"/embed/result/{Submission.objects.get().token}/"
    assert added["Location"] == answered["Location"]
    assert result["X-Robots-Tag"] == "noindex, nofollow"
    assert "<header" not in result.content.decode()
    assert '<base target="_blank">' in result.content.decode()
    assert client.cookies == {}
    assert get_script_prefix() == "/"


def test_each_form_stays_in_the_frame(client, edition):
    result = client.get(sent(client, edition)["Location"])

    for page in (client.get(CHECK), result):
        forms = re.findall(r"<form[^>]*>", page.content.decode())
        assert all('target="_self"' in form for form in forms)


def test_what_is_cached_for_a_frame_stays_in_it(client, edition):
    framed = [client.get(CHECK), client.get(sent(client, edition)["Location"])]
    token = Submission.objects.get().token
    plain = [client.get("/check/small/"), client.get(f"/result/{token}/")]
    again = [client.get(CHECK), client.get(f"/embed/result/{token}/")]

    for page in (*framed, *again):
        assert 'class="framed"' in page.content.decode()
    for page in plain:
        assert "/embed/" not in page.content.decode()
        assert "framed" not in page.content.decode()


def test_theme_is_decided_by_the_article(client, edition):
    page = client.get("/embed/dark/check/small/").content.decode()
    sheet = re.search(r'href="(/embed/dark/theme-dark-\w+\.css)"', page)[1]
    css = client.get(sheet).content.decode()

    assert '<meta name="color-scheme" content="dark">' in page
    assert "runfit/runfit.css" not in page
    assert "prefers-color-scheme" not in css
    assert "color-scheme:dark" in css
    assert client.get("/theme-dark-0123456789ab.css").status_code == 404
    assert "(max-width:0)" in client.get(sheet_of(client, "light")).content.decode()


def sheet_of(client, theme):
    page = client.get(f"/embed/{theme}/check/small/").content.decode()
    return re.search(r'href="(/embed/\w+/theme-[^"]+)"', page)[1]


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/embed/privacy/", "/privacy/"),
        ("/embed/light/tab/admin/?a=b", "/admin/?a=b"),
        ("/embed//evil.example/", "/%2Fevil.example/"),
        ("/embed/guide/1.x/", "/guide/1.x/"),
        ("/embed/", "/"),
    ],
)
def test_other_pages_are_shown_on_the_site_itself(client, edition, path, plain):
    response = client.get(path)

    assert response.status_code == 302
    assert response["Location"] == plain
    assert ancestors(response) == "'none'"


def test_every_other_page_leaves_the_frame_before_it_does_anything(client, edition):
    paths = ["/" + at % dict.fromkeys(names, "1") for at, names in templates()]
    others = [path for path in paths if not is_framed(path)]
    assert len(others) > 300

    for path in others:
        response = client.post(f"/embed{path}", {"email": "runner@example.org"})
        assert (response.status_code, response["Location"]) == (302, path)
        assert ancestors(response) == "'none'"


def is_framed(path):
    with suppress(Resolver404):
        return resolve(path).view_name in FRAMED
    return False


def test_limits_hold_across_frames(client, edition, settings):
    settings.ANSWER_LIMIT_NETWORK_HOUR = 1

    assert sent(client, edition).status_code == 303
    for path in (CHECK, "/embed/dark/first/tab/check/small/", "/check/small/"):
        assert sent(client, edition, path).status_code == 429
    assert Submission.objects.count() == 1


def test_result_in_a_tab_of_its_own_is_a_page_of_the_site(client, edition):
    check = client.get("/embed/tab/check/small/").content.decode()
    answered = sent(client, edition, "/embed/tab/check/small/", **ALONE)
    shown = client.get(answered["Location"], headers=ALONE)

    assert 'class="check" target="_blank"' in check
    assert answered.status_code == 303
    assert shown["Location"] == f"/result/{Submission.objects.get().token}/"


def test_clearance_needs_no_cookie(edition):
    client = Client(enforce_csrf_checks=True)
    data = ANSWERS | {"safety": "young", "form_token": token_of(edition)}
    result = client.post(CHECK, data)["Location"]
    assert "frame" in client.get(result).content.decode()

    cleared = client.post(f"{result}clearance/", {"cleared": "on"})

    assert cleared["Location"] == result
    assert Submission.objects.get().cleared_at
    assert client.cookies == {}


def test_framed_pages_exist():
    arguments = {
        "check": ["small"], "count": [], "drawing": ["1", "touch"], "practice_css": ["b5401a"],
        "theme_css": ["dark", "0123456789ab"],
    }  # fmt: skip

    for name in FRAMED:
        reverse(name, args=arguments.get(name.partition(":")[2], ["token"]))


def test_script_may_be_loaded_by_any_site_and_is_small(client):
    response = client.get("/embed.js")

    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["Cache-Control"] == "public, max-age=3600"
    assert 500 < len(response.content) <= 3072


# Counted by page


def test_way_is_counted_by_the_page_around_the_frame(edition):
    list_sites("yourblog.example")
    runner = Client(headers=RUNNER)
    page = f"{CHECK}?from=www.yourblog.example/Tight-hips/"

    runner.get(page, headers={"Sec-Fetch-Site": "cross-site"})
    content = {"edition": edition.pk, "source": "www.yourblog.example/Tight-hips/", "profile": ""}
    runner.post(
        "/embed/count/", json.dumps(content | {"steps": ["start"]}), content_type="text/plain"
    )
    sent(runner, edition, page)

    collector.flush()
    assert Submission.objects.get().source == "yourblog.example/tight-hips"
    assert set(Sight.objects.values_list("step", "source")) == {
        ("visit", "yourblog.example/tight-hips"),
        ("start", "yourblog.example/tight-hips"),
    }


def test_bare_frame_is_counted_by_its_site(edition):
    list_sites("yourblog.example")
    runner = Client(headers=RUNNER)

    first = runner.get(CHECK, headers={"Referer": "https://yourblog.example/"})
    other = runner.get(CHECK, headers={"Referer": "https://other.example/"})

    assert first["Location"] == f"{CHECK}?from=yourblog.example"
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("page", "source"),
    [
        ("yourblog.example", "yourblog.example"),
        ("yourblog.example/a%20b/", "yourblog.example/a%20b"),
        ("other.example/a", ""),
        ("yourblog.example.evil.example/", ""),
        ("yourblog.example/?token=secret", ""),
        ("yourblog.example/<b>", ""),
        ("", ""),
        (
            "yourblog.example/2026/11/" + "why-do-my-hips-feel-tight-" * 3 + "again/",
            "yourblog.example/..." + ("why-do-my-hips-feel-tight-" * 3 + "again")[-44:],
        ),
    ],
)
def test_page_is_kept_without_its_query_and_only_of_a_listed_site(page, source):
    list_sites("yourblog.example")

    assert page_clean(page) == source
    assert page_clean(source) == source
