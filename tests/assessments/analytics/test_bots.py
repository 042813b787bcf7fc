"""Bots, prefetches, and what counts as a new visit."""

import pytest

from assessments.analytics.bots import is_bot, is_new_visit

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
RUNNER = {"User-Agent": PHONE, "Accept-Language": "en"}
PEOPLE = [
    PHONE,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22A3354 Instagram 350.0.0.0",
    "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/500.0]",
]
BOTS = [
    "",
    "curl/8.5.0",
    "python-requests/2.32.3",
    "WhatsApp/2.24.6.77 A",
    "facebookexternalhit/1.1",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.1)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    "Mozilla/5.0 (Windows NT 10.0) BarracudaSentinel (EE)",
    "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
    "Mozilla/5.0 (compatible; YandexBot/3.0)",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
]


@pytest.mark.parametrize("agent", PEOPLE)
def test_browsers_are_not_bots(rf, agent):
    assert not is_bot(rf.get("/", headers=RUNNER | {"User-Agent": agent}))


@pytest.mark.parametrize("agent", BOTS)
def test_user_agent_of_a_bot_is_recognized(rf, agent):
    assert is_bot(rf.get("/", headers=RUNNER | {"User-Agent": agent}))


def test_missing_accept_language_means_bot(rf):
    assert is_bot(rf.get("/", headers={"User-Agent": PHONE}))


def test_head_request_counts_as_bot(rf):
    assert is_bot(rf.head("/", headers=RUNNER))


@pytest.mark.parametrize(
    ("name", "value"),
    [("Purpose", "prefetch"), ("Sec-Purpose", "prefetch;prerender"), ("X-Moz", "prefetch"),
     ("X-Purpose", "preview")],
)  # fmt: skip
def test_prefetch_counts_as_bot(rf, name, value):
    assert is_bot(rf.get("/", headers=RUNNER | {name: value}))


@pytest.mark.parametrize(
    ("headers", "from_outside"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Referer": "http://testserver/"}, True),
        ({"Referer": "https://example.org/hips"}, True),
        ({"Referer": "http://testserver/"}, False),
        ({"Referer": "http://testserver.example.org/"}, True),
    ],
)
def test_navigation_within_the_site_is_not_a_new_visit(rf, headers, from_outside):
    assert is_new_visit(rf.get("/", headers=headers)) == from_outside
