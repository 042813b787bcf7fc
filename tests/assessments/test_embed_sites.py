"""Sites that may frame a self-check, as the PT types them."""

import pytest
from django.core.exceptions import ValidationError

from assessments.embed_sites import MOST_SITES, origins, readable, sites_clean


@pytest.mark.parametrize(
    ("typed", "site"),
    [
        ("yourblog.example", "yourblog.example"),
        ("  https://WWW.YourBlog.example/about?x=1 ", "yourblog.example"),
        ("https://blog.example:443/", "blog.example"),
        ("ana.ghost.example:8443", "ana.ghost.example:8443"),
        ("läuferin.example", "xn--luferin-5wa.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("http://localhost:8001", "localhost:8001"),
        ("a.example\n\nb.example\na.example", "a.example\nb.example"),
        ("", ""),
    ],
)
def test_what_is_around_a_site_is_dropped(typed, site):
    assert sites_clean(typed) == site


@pytest.mark.parametrize(
    "typed",
    [
        "my blog", "blog", "*.example.org", "https://*", "a.example; script-src *", "'self'",
        "ana@blog.example", "192.168.0.1", "a.example:99999", "https://", "[::1", "a..example",
        "x" * 64 + ".example", "javascript:alert(1)", "data:", "\N{SNOWMAN}" * 80 + ".example",
    ],
)  # fmt: skip
def test_what_is_no_site_is_refused_by_its_line(typed):
    with pytest.raises(ValidationError) as refused:
        sites_clean(f"yourblog.example\n{typed}")

    assert refused.value.messages == [
        f"“{typed}” isn't the address of a site. Write it like yourblog.example."
    ]


def test_sites_are_limited():
    sites = [f"blog{number}.example" for number in range(MOST_SITES + 1)]

    assert sites_clean("\n".join(sites[:-1])).splitlines() == sites[:-1]
    with pytest.raises(ValidationError, match="at most 50"):
        sites_clean("\n".join(sites))


def test_origins_are_https_and_with_www():
    assert origins("a.example\nlocalhost:8001") == [
        "https://a.example",
        "https://www.a.example",
        "http://localhost:8001",
    ]


@pytest.mark.parametrize(
    ("site", "shown"),
    [
        ("xn--luferin-5wa.example", "läuferin.example"),
        ("blog.xn--luferin-5wa.example:8443", "blog.läuferin.example:8443"),
        ("xn--luferin-5wa.example/xn--a", "läuferin.example/xn--a"),
        ("xn--e1afmkfd.example", "пример.example"),
        ("xn--☃.example", "xn--☃.example"),
        ("yourblog.example/hips", "yourblog.example/hips"),
        ("clinic-wall", "clinic-wall"),
        ("", ""),
    ],
)
def test_sites_are_shown_in_their_own_letters(site, shown):
    assert readable(site) == shown
