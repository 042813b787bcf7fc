"""Who only looks like a runner."""

import pytest

from assessments.analytics.bots import arrives, is_bot

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
def test_browsers_are_people(rf, agent):
    assert not is_bot(rf.get("/", headers=RUNNER | {"User-Agent": agent}))


@pytest.mark.parametrize("agent", BOTS)
def test_programs_say_what_they_are(rf, agent):
    assert is_bot(rf.get("/", headers=RUNNER | {"User-Agent": agent}))


def test_a_browser_without_a_language_is_a_program_that_checks_links(rf):
    assert is_bot(rf.get("/", headers={"User-Agent": PHONE}))


def test_only_to_ask_whether_it_is_there_is_no_look(rf):
    assert is_bot(rf.head("/", headers=RUNNER))


@pytest.mark.parametrize(
    ("name", "value"),
    [("Purpose", "prefetch"), ("Sec-Purpose", "prefetch;prerender"), ("X-Moz", "prefetch"),
     ("X-Purpose", "preview")],
)  # fmt: skip
def test_what_is_loaded_ahead_is_no_look(rf, name, value):
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
def test_going_on_is_no_new_visit(rf, headers, from_outside):
    assert arrives(rf.get("/", headers=headers)) == from_outside
