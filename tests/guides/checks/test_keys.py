import pytest

from guides.checks.keys import keys_are_secret

GOOD = "9d1f0c7b5e3a28469d1f0c7b5e3a2846"  # pragma: allowlist secret
PUBLIC, LOCAL = "http://runfit.example.org", "http://localhost:8000"


@pytest.fixture
def told(settings, monkeypatch):
    def told(site: str, **values: str) -> list[str]:
        settings.SITE_URL = site
        settings.SECRET_KEY = values.get("key", GOOD)
        settings.ANYMAIL_WEBHOOK_SECRET = values.get("webhook", "")
        settings.NEWSLETTER_SECRET = values.get("newsletter", "")
        password = values.get("database", "")
        monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", password)
        return [message.msg for message in keys_are_secret()]

    return told


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"key": "change-me-to-sixty-random-letters-and-digits"}, "SECRET_KEY is the example"),
        ({"key": GOOD[:31]}, "SECRET_KEY is shorter than 32 characters"),
        ({"key": "a" * 50}, "SECRET_KEY has fewer than 5 different characters"),
        ({"database": "change-me"}, "The password in DATABASE_URL is the example"),
        (
            {"webhook": "runfit:change-me-to-random-letters-and-digits"},
            "The password in MAIL_WEBHOOK_SECRET is the example",
        ),
        ({"newsletter": "secret"}, "NEWSLETTER_SECRET is shorter than 12 characters"),
    ],
)
def test_guessable_keys_are_refused_where_others_can_reach_the_site(told, values, message):
    assert told(PUBLIC, **values) == [f"{message}: anyone can guess it."]
    assert told(LOCAL, **values) == []


def test_random_keys_pass_and_the_database_may_go_without(told):
    assert told(PUBLIC, webhook=f"runfit:{GOOD}", newsletter=GOOD) == []
    assert told(PUBLIC, database="short") == []
