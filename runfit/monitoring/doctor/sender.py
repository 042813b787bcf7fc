"""What DNS says of the sender's domain: SPF, DKIM, and DMARC, without which emails land in spam."""

from collections.abc import Iterator

import dns.resolver
from django.conf import settings
from django.utils.translation import gettext as _
from dns.exception import DNSException

from guides.mail.compose import mail_sender
from runfit.monitoring.doctor.findings import Finding, good, note

SECONDS = 2.0
"""For each question. Five at most are asked."""


def sender_findings() -> Iterator[Finding]:
    domain = mail_sender().address.rpartition("@")[2]
    if settings.EMAIL_KEPT_LOCALLY:
        return
    if "." not in domain or domain.endswith(".localhost"):
        text = _("Emails come from {domain}, which other servers don't take.").format(domain=domain)
        yield Finding(_("Sender's domain"), text, _("Set the sender under Practice."))
        return
    try:
        yield from (_spf(domain), _dkim(domain), _dmarc(domain))
    except DNSException:
        text = _("DNS doesn't answer here, so SPF, DKIM, and DMARC of {domain} aren't known.")
        yield note(_("Sender's domain"), text.format(domain=domain))


def _spf(domain: str) -> Finding:
    records = _records(domain, "v=spf1")
    if len(records) == 1:
        return good("SPF", _("{domain} has it: {record}").format(domain=domain, record=records[0]))
    if records:
        text = _("{domain} has {number} records, so none counts.")
        fix = _("Make one record of them.")
        return Finding("SPF", text.format(domain=domain, number=len(records)), fix)
    return note("SPF", _none(domain), _("Add the TXT record that your mail provider names."))


def _dkim(domain: str) -> Finding:
    """The provider picks the key's name. But a name below `_domainkey` makes that one exist."""
    try:
        _texts(f"_domainkey.{domain}")
    except dns.resolver.NXDOMAIN:
        return note("DKIM", _none(domain), _("Add the records that your mail provider names."))
    return good("DKIM", _("{domain} has a key.").format(domain=domain))


def _dmarc(domain: str) -> Finding:
    """Its own record, or that of the domain above it."""
    for name in (domain, domain.partition(".")[2]):
        records = _records(f"_dmarc.{name}", "v=DMARC1") if "." in name else []
        if len(records) == 1:
            text = _("{domain} has it: {record}").format(domain=name, record=records[0])
            return good("DMARC", text)
    fix = _('Add a TXT record for {name}: "v=DMARC1; p=none" to begin with.')
    return note("DMARC", _none(domain), fix.format(name=f"_dmarc.{domain}"))


def _none(domain: str) -> str:
    return _("{domain} has none: emails may land in spam.").format(domain=domain)


def _records(name: str, begins: str) -> list[str]:
    try:
        texts = _texts(name)
    except dns.resolver.NXDOMAIN:
        return []
    return [text for text in texts if text.lower().startswith(begins.lower())]


def _texts(name: str) -> list[str]:
    """All TXT records; none if the name has others. Raises NXDOMAIN if there's no such name."""
    answer = dns.resolver.resolve(name, "TXT", lifetime=SECONDS, raise_on_no_answer=False)
    return [b"".join(record.strings).decode(errors="replace") for record in answer.rrset or ()]
