import pytest

from runfit.guard import GuardedHandler
from runfit.monitoring import request_ids
from runfit.monitoring.request_ids import request_id

GIVEN = "0123456789abcdef"


def headers_of(path="/health/live/", **environ):
    found = {}

    def start(status, headers, *more):
        found.update(headers)

    base = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "wsgi.url_scheme": "http"}
    base |= {"SERVER_NAME": "testserver", "SERVER_PORT": "80"}
    GuardedHandler()({**base, **environ}, start)
    return found


def test_each_response_has_an_id_of_its_own(db):
    one, other = headers_of()["X-Request-ID"], headers_of()["X-Request-ID"]

    assert len(one) == len(other) == 32
    assert one != other


def test_a_refused_request_has_one(db):
    assert headers_of("/" + "a" * 5000)["X-Request-ID"]


@pytest.mark.parametrize(
    ("proxies", "given", "is_taken"),
    [
        (1, GIVEN, True),
        (0, GIVEN, False),
        (1, "short", False),
        (1, "a" * 65, False),
        (1, "me@example.org", False),
        (1, "two words and more", False),
        (1, "line\nbreak-and-more", False),
    ],
)
def test_only_a_trusted_proxy_may_give_one(settings, proxies, given, is_taken):
    settings.TRUSTED_PROXIES = proxies

    with request_id({"HTTP_X_REQUEST_ID": given}) as name:
        assert request_ids.current() == name
        assert (name == given) is is_taken
    assert request_ids.current() == ""
