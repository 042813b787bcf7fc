import dns.resolver
import pytest

from assessments.models import Practice
from runfit.monitoring.doctor import Verdict
from runfit.monitoring.doctor.sender import sender_findings
from tests.support.dns_server import running_dns

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(settings, monkeypatch):
    settings.EMAIL_KEPT_LOCALLY = False

    def found(domain, **texts):
        Practice.objects.update_or_create(pk=1, defaults={"sender_address": f"pt@{domain}"})
        with running_dns(texts) as resolver:
            monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
            return {finding.part: (finding.verdict, finding.text) for finding in sender_findings()}

    return found


def test_a_domain_with_all_three_is_good(found):
    records = {
        "clinic.example.org": ["google-site-verification=1", "v=spf1 include:mail.example -all"],
        "key1._domainkey.clinic.example.org": ["v=DKIM1; p=MIIB"],
        "_dmarc.example.org": ["v=DMARC1; p=reject"],
    }

    assert found("clinic.example.org", **records) == {
        "SPF": (
            Verdict.GOOD,
            "clinic.example.org has it: v=spf1 include:mail.example -all",
        ),
        "DKIM": (Verdict.GOOD, "clinic.example.org has a key."),
        "DMARC": (Verdict.GOOD, "example.org has it: v=DMARC1; p=reject"),
    }


def test_what_is_missing_is_told(found):
    none = "example.org has none: emails may land in spam."

    for records in ({}, {"example.org": ["something else"]}):
        assert found("example.org", **records) == dict.fromkeys(
            ("SPF", "DKIM", "DMARC"), (Verdict.NOTE, none)
        )


def test_two_spf_records_cancel_each_other(found):
    texts = {"example.org": ["v=spf1 -all", "v=spf1 mx -all"]}

    assert found("example.org", **texts)["SPF"] == (
        Verdict.BAD,
        "example.org has 2 records, so none counts.",
    )


def test_a_sender_that_no_server_takes(found):
    assert found("localhost")["Sender's domain"][0] == Verdict.BAD


def test_dns_that_does_not_answer_is_only_noted(found, monkeypatch):
    monkeypatch.setattr("runfit.monitoring.doctor.sender.SECONDS", 0.3)
    silent = dns.resolver.Resolver(configure=False)
    silent.nameservers, silent.port = ["127.0.0.1"], 9
    Practice.objects.update_or_create(pk=1, defaults={"sender_address": "pt@example.org"})
    monkeypatch.setattr(dns.resolver, "default_resolver", silent)

    (only,) = sender_findings()

    assert only.verdict == Verdict.NOTE
    assert "DNS doesn't answer here" in only.text


def test_mail_that_is_kept_has_no_sender_to_look_up(settings):
    settings.EMAIL_KEPT_LOCALLY = True

    assert list(sender_findings()) == []
