"""What the history tells of a draft: stored in English, and shown in its reader's language."""

from runfit.lib.messages import message as _
from runfit.lib.messages import recognized
from runfit.lib.translation import translated

PUBLISHED = _("Published version {number}.")
RESTORED = _("Restored version {number} into the draft.")
COPIED_FROM = _("Copied from “{original}”.")
COPIED_AS = _("Made a copy of it: “{copy}”.")
UPLOADED_ONE = _("Uploaded “{name}”: {number} change.")
UPLOADED = _("Uploaded “{name}”: {number} changes.")
PUT_BACK = _("Put back what was there before an upload.")
MADE_TO_TRANSLATE = _("Made to translate “{original}” into {language}.")
BEGAN_TO_TRANSLATE = _("Began to translate it into {language}.")
TRANSLATED_ONE = _("Translated {number} text.")
TRANSLATED = _("Translated {number} texts.")
TOOK_OVER = _("Took over what “{original}” has.")
TAKEN_OVER = _("Took over from what comes with RunFit: {parts}.")
PUT_BACK_TAKEN = _("Put back what was there before the take-over.")
MOVED = _("Moved in the order.")
SIGNED = _("Signed as reviewed by {name}.")
SIGNATURE_BACK = _("Signature taken back.")
RECALLED = _("Marked as wrong: {reason}")
RECALL_REWORDED = _("Changed what was wrong: {reason}")
RECALL_BACK = _("Took back that it was wrong.")
READ_THROUGH = _("Read it through.")
KEPT_UNSEEN = _("Runners don't see who you are: kept that way.")
TEST_SENT = _("Sent a test email.")
NEWS_SENT = _("Sent to everyone whose yes allows it.")
NEWS_STOPPED = _("Stopped it.")
ANSWERED_CASES = _("Answered it in the cases that had no answer: “{answer}”.")
LINES = (
    PUBLISHED, RESTORED, COPIED_FROM, COPIED_AS, UPLOADED_ONE, UPLOADED, PUT_BACK,
    MADE_TO_TRANSLATE, BEGAN_TO_TRANSLATE, TRANSLATED_ONE, TRANSLATED, TOOK_OVER, TAKEN_OVER,
    PUT_BACK_TAKEN, MOVED, SIGNED, SIGNATURE_BACK, RECALLED, RECALL_REWORDED, RECALL_BACK,
    READ_THROUGH, KEPT_UNSEEN, TEST_SENT, NEWS_SENT, NEWS_STOPPED,
    ANSWERED_CASES,
)  # fmt: skip
DOWNLOADS = (
    _("{what}: stopped after {rows}"),
    _("{what}: 1 row"),
    _("{what}: {number} rows"),
    _("{name}.json, the words of “{draft}”"),
    _("answers to “{name}” {days}, in words"),
    _("answers to “{name}” {days}, in short keys"),
    _("from {first} until {last}"),
    _("from {first}"),
    _("until {last}"),
    _("of all days"),
    _("1 row"),
    _("{number} rows"),
    _("contacts that said yes to news about the secret"),
    _("contacts that said yes to one email after four weeks"),
    _("all contacts, with what they agreed to"),
)
CHANGES = (
    _("emails"), _("stopped, since one bounced"), _("allowed again"), _("stopped"),
    _("guide sent again"), _("new link sent"), _("link to type another address made"),
    _("email"), _("failed"), _("queued again"), _("note"), _("changed"),
    _("link"), _("works"), _("turned off"), _("rights"), _("password"), _("reset by email"),
    _("second factor"), _("passkey"), _("app"), _("recovery codes"), _("recovery code"), _("used"),
    _("all"), _("reset"), _("sessions"), _("ended"), _("set"),
    _("invitation"), _("sent again"), _("withdrawn"), _("accepted by user {number}"),
)  # fmt: skip
"""What `runfit.lib.audit.change_log` keeps: of what, and from what to what."""


def change_words(stored: str) -> str:
    """A part of a logged decision, in the active language."""
    return translated(recognized(stored, CHANGES))


def history_line(stored: str) -> str:
    """A stored line in the active language. What isn't one of them stays as it is."""
    return translated(recognized(stored, LINES))


def download_line(stored: str) -> str:
    """What was downloaded, in the active language."""
    return translated(recognized(stored, DOWNLOADS))
