import pytest

from guides.checks.variables import misspelt

KNOWN = frozenset({"DATABASE_URL", "REDIS_URL", "TIME_ZONE", "TRUSTED_PROXIES", "HSTS"})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DATABSE_URL", "DATABASE_URL"),
        ("redis_url", "REDIS_URL"),
        ("TIMEZONE", "TIME_ZONE"),
        ("TRUSTED_PROXY", "TRUSTED_PROXIES"),
    ],
)
def test_nearly_a_setting_is_told_with_the_one_that_was_meant(name, meant):
    assert list(misspelt(["PATH", name], known=KNOWN)) == [(name, meant)]


@pytest.mark.parametrize(
    "names",
    [["HSTS"], ["TEST_DATABASE_URL"], ["POSTGRES_PASSWORD", "TZ", "HOSTNAME", "TERM"]],
)
def test_other_names_are_left_alone(names):
    assert list(misspelt(names, known=KNOWN)) == []


def test_name_of_another_program_is_left_alone_beside_ours():
    assert list(misspelt(["REDIS_URLS", "REDIS_URL"], known=KNOWN)) == []
