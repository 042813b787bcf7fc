"""The contacts that confirmed something, as a table for the PT's newsletter tool."""

import csv
import unicodedata
from collections.abc import Iterator
from datetime import UTC

from guides import selectors
from guides.addresses import address_hmac
from guides.models import Consent, Suppression

COLUMNS = ("address", "purpose", "confirmed_at", "words")
FORMULA = tuple("=+-@\t\r\n")


class _Line:
    """What a csv.writer writes to, to have each line back."""

    def write(self, line: str) -> str:
        return line


def contacts_export() -> Iterator[str]:
    """CSV, line by line: never all contacts at once. Who wants no mail is left out."""
    writer = csv.writer(_Line())
    suppressed = set(Suppression.objects.values_list("address_hmac", flat=True))
    yield str(writer.writerow(COLUMNS))
    for consent in selectors.consents_confirmed().iterator(chunk_size=1000):
        if address_hmac(consent.contact.email) not in suppressed:
            yield str(writer.writerow(map(_plain, _cells(consent))))


def _cells(consent: Consent) -> tuple[str, str, str, str]:
    at = consent.at.astimezone(UTC).isoformat(timespec="seconds")
    return (consent.contact.email, consent.purpose, at, consent.text_version)


def _plain(cell: str) -> str:
    """A spreadsheet takes what begins so for a formula, and a visitor typed the address."""
    begins = unicodedata.normalize("NFKC", cell[:1])  # wide signs count too
    return f"'{cell}" if begins in FORMULA else cell
