"""Markdown in long texts, on the pages that runners read."""

import pytest

from assessments.models import Faq, Notice, Practice, Profile, SafetyLevel
from assessments.publishing.services import assessment_publish
from assessments.templatetags.markdown import prose, prose_line
from tests.assessments.small import token_of

ANSWERS = {"safety": "none", "touch": "knee", "pain": "3", "lifts": "weights"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One.\n\nTwo\nthree.", "<p>One.</p>\n<p>Two<br>\nthree.</p>\n"),
        ("**now** and *then*", "<p><strong>now</strong> and <em>then</em></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        (
            "[us](https://example.org)",
            '<p><a href="https://example.org">us</a></p>\n',
        ),
        ("2 * 3 * 4 < 5 & 6", "<p>2 * 3 * 4 &lt; 5 &amp; 6</p>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("<b onclick='x()'>b</b>", "<p>&lt;b onclick='x()'&gt;b&lt;/b&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](data:text/html,1)", "<p>[x](data:text/html,1)</p>\n"),
        ("![x](https://example.org/a.png)", None),
    ],
)
def test_only_a_subset_of_markdown_is_rendered(text, html):
    rendered = prose(text)

    assert "<img" not in rendered
    assert html in {None, rendered}


def test_prose_line_adds_no_paragraph():
    assert prose_line("**Now** go.") == "<strong>Now</strong> go."


@pytest.fixture
def published(draft, monkeypatch):
    """A self-check with Markdown in every text that supports it."""
    monkeypatch.setattr("assessments.runner.form_token.MINIMUM_AGE", 0.0)
    Profile.objects.update(summary="**Headline** here. More *of it*.", honest_note="**Honest**")
    Notice.objects.update(text="**Noticed**")
    Faq.objects.update(answer="**Asked**")
    SafetyLevel.objects.update(body="**Do this**", tell_them="**Tell**", note="**Note**")
    return assessment_publish(assessment=draft, user=None)


def answered(client, edition, **changes):
    fields = ANSWERS | {"form_token": token_of(edition, str(changes))} | changes
    return client.get(client.post("/check/small/", fields)["Location"]).content.decode()


def test_result_page_renders_markdown(client, published):
    html = answered(client, published)

    assert "<strong>Headline</strong> here." in html
    assert "More <em>of it</em>." in html
    assert "<strong>Honest</strong>" in html
    assert "**" not in html


@pytest.mark.parametrize("item", ["fall", "young"])
def test_safety_page_renders_markdown(client, published, item):
    html = answered(client, published, safety=item)

    assert "<strong>Do this</strong>" in html
    assert "<strong>Tell</strong>" in html
    assert "<strong>Note</strong>" in html
    assert "**" not in html


@pytest.mark.django_db
def test_privacy_page_renders_markdown(client):
    Practice.objects.create(privacy_notice="What we keep\n**Nothing** much.")

    assert "<strong>Nothing</strong> much." in client.get("/privacy/").content.decode()
