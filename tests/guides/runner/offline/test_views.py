import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from guides import signed_links
from guides.models import DownloadLink

NO_WORKER, OWN_WORKER = "worker-src 'none'", "worker-src 'self'"


@pytest.fixture
def url(delivery):
    return f"/guide/{signed_links.guide_token(delivery.link)}/"


def policy(client, path):
    return client.get(path)["Content-Security-Policy"].split("; ")


def saved(client, url):
    """What the page tells the script, by attribute."""
    [tag] = re.findall("<section[^>]* data-saved [^>]*>", client.get(url).content.decode())
    return dict(re.findall('data-(link|pages|stamp|until|worker)="([^"]*)"', tag))


def test_worker_is_our_script_where_it_may_open_guides(client):
    response = client.get("/guide/worker.js")

    assert response["Content-Type"] == "text/javascript"
    assert re.fullmatch(
        r'importScripts\("/static/runfit/worker(\.\w+)?\.js"\);\n', response.content.decode()
    )


def test_only_pages_that_are_saved_may_have_a_worker(client, url):
    for path in (url, f"{url}session/1/"):
        assert OWN_WORKER in policy(client, path)
        assert NO_WORKER not in policy(client, path)
        assert len(policy(client, path)) == len(policy(client, "/"))
    for path in ("/", "/check/tight-hips/", f"{url}secret/", f"{url}calendar/", "/privacy/"):
        assert NO_WORKER in policy(client, path)


def test_guide_and_its_sessions_name_the_same_pages(client, url, delivery):
    DownloadLink.objects.update(profile="mobility_first")
    told = saved(client, url)

    assert told == saved(client, f"{url}session/2/") == saved(client, f"{url}plan/strength_gap/")
    assert told["worker"] == "/guide/worker.js"
    assert told["link"] == url
    sessions = [f"session/{number}/" for number in (1, 2, 3)]
    then = "plan/strength_gap/"
    assert told["pages"].split() == [
        f"{url}{path}" for path in ("", then, *sessions, *(f"{then}{each}" for each in sessions))
    ]
    assert int(told["until"]) == int(delivery.link.expires_at.timestamp() * 1000)


def test_stamp_changes_with_the_guide_alone(client, url, delivery):
    before = saved(client, url)["stamp"]
    assert saved(client, url)["stamp"] == before
    DownloadLink.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert saved(client, url)["stamp"] == before

    DownloadLink.objects.update(profile="activation_first")

    assert saved(client, url)["stamp"] != before


def test_guide_without_a_plan_is_saved_alone(client, url):
    DownloadLink.objects.update(submission=None, cleared=True)

    assert saved(client, url)["pages"] == url


def test_manifest_opens_this_guide(client, url, django_assert_num_queries):
    client.get(f"{url}manifest/")
    with django_assert_num_queries(1):
        response = client.get(f"{url}manifest/")

    manifest = json.loads(response.content)
    assert response["Content-Type"] == "application/manifest+json"
    assert "no-store" in response["Cache-Control"]
    assert manifest["start_url"] == manifest["scope"] == manifest["id"] == url
    assert manifest["display"] == "minimal-ui"
    assert {icon["sizes"] for icon in manifest["icons"]} >= {"192x192", "512x512"}
    assert f'<link rel="manifest" href="{url}manifest/">' in client.get(url).content.decode()


def test_manifest_ends_with_its_link(client, url):
    DownloadLink.objects.update(revoked_at=timezone.now())

    assert client.get(f"{url}manifest/", follow=True).status_code == 404
