"""The wording that a runner consents to. The form carries it, signed, and the consent records it:
the page may be in another language than the server's constants, and the PT may publish a new
wording while the page is open."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_noop, ngettext

ASK = gettext_noop("Send me the guide")
CORRECT = gettext_noop("Send it to this address")
FOLLOW_UP = gettext_noop("Email me once in four weeks so I can retake the check.")
CHECK_IN = gettext_noop(
    "Email me once a week while I train, when my check-in is due. It ends with my plan."
)


def series_wording(emails: int) -> str:
    """The label of the series' checkbox, in the active language."""
    return ngettext(
        "Email me once during my plan to help me keep going.",
        "Email me %(emails)s times during my plan to help me keep going.",
        emails,
    ) % {"emails": emails}


SIGNER = Signer(salt="guides.consent_words")


def words_sign(words: Mapping[str, str]) -> str:
    """Signs the wordings by purpose, for a hidden form field."""
    return SIGNER.sign_object(dict(words))


def words_read(signed: str, *, shown_now: Mapping[str, str]) -> dict[str, str]:
    """The wordings that the page showed. A missing or forged field falls back to `shown_now`, which
    also determines the purposes."""
    try:
        words = SIGNER.unsign_object(signed)
    except BadSignature:
        return dict(shown_now)
    return {purpose: words.get(purpose, text) for purpose, text in shown_now.items()}


@dataclass(frozen=True, slots=True)
class ConsentQuestion:
    """A question for consent, and its button."""

    purpose: str
    texts: tuple[str, ...]
    button: str

    @property
    def words(self) -> dict[str, str]:
        return {self.purpose: "\n".join([*self.texts, self.button])}

    @property
    def signed(self) -> str:
        return words_sign(self.words)

    def read(self, signed: str) -> str:
        """The wording that the runner's page showed."""
        return words_read(signed, shown_now=self.words)[self.purpose]
