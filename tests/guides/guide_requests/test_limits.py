import pytest

from assessments.submissions.request_limits import LimitReachedError
from guides.guide_requests.limits import limits_check

pytestmark = pytest.mark.django_db


def asks(*networks, email="runner@example.org"):
    for network in networks:
        limits_check(network=network, email=email)


def refuses(network, email="runner@example.org"):
    try:
        limits_check(network=network, email=email)
    except LimitReachedError:
        return True
    return False


def test_a_whole_48_gets_four_times_as_much_as_a_network(settings):
    settings.GUIDE_LIMIT_NETWORK_HOUR = 10
    asked = [
        not refuses(f"2001:db8:1:{subnet:x}::/64", f"r@{subnet}-{number}.test")
        for subnet in range(0, 0x1000, 0x80)
        for number in range(11)
    ]

    assert sum(asked) == 40
    assert sum(asked[:11]) == 10
    assert not refuses("2001:db8:2::/64")


def test_one_domain_has_a_limit_whoever_asks(settings):
    settings.GUIDE_LIMIT_NETWORK_HOUR = 3
    asks(*(f"203.0.113.{number}" for number in range(3)), email="any@catchall.test")

    assert refuses("203.0.113.9", "another@CatchAll.test.")
    assert not refuses("203.0.113.9", "another@elsewhere.test")


def test_mail_services_have_no_limit_of_their_own(settings):
    settings.GUIDE_LIMIT_NETWORK_HOUR = 3

    asks(*(f"203.0.113.{number}" for number in range(9)), email="someone@gmail.com")


def test_attacker_cannot_close_the_shop(settings):
    """Whoever used up four fifths gets no more; networks that asked for nothing get one each."""
    settings.GUIDE_LIMIT_HOUR, settings.GUIDE_LIMIT_NETWORK_HOUR = 40, 30
    attackers = [f"2001:db8:1:{subnet:x}::/64" for subnet in range(0, 0x2000, 0x100)]
    refused = [refuses(network, "victim@gmail.com") for network in attackers]
    asks(*attackers[:0])
    assert not any(refused)

    assert refuses(attackers[0], "victim@gmail.com")
    runners = [f"203.0.113.{number}" for number in range(8)]
    assert not any(refuses(network, "runner@gmail.com") for network in runners)
    assert refuses(runners[0], "runner@gmail.com")
    assert refuses("198.51.100.1", "runner@gmail.com")  # the whole is used up
