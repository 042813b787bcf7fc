"""Why an email waits, failed, or was cancelled, and why a PDF is missing: stored in English, and
shown in the reader's language."""

from runfit.lib.messages import message as _
from runfit.lib.messages import recognized
from runfit.lib.translation import translated

UNREACHED = _("We couldn't reach the mail server.")
GAVE_UP = _("We tried for 48 hours.")
AND_GAVE_UP = _("{reason} We tried for 48 hours.")
MAYBE_SENT = _("It may have gone out before the restore.")
ONE_A_DAY = _("They got another email. We send one a day at most.")
NOT_YET = _("Their next check-in isn't due yet, or they aren't training just now.")
NOT_WANTED = _("It wasn't wanted anymore.")
FIVE_TRIES = _("It couldn't be sent in five tries.")
NOT_BUILT = _("It couldn't be put together ({error}).")

SIGN_IN_REFUSED = _("The mail server refused our sign-in. Is the password in EMAIL_URL right?")
TLS_REFUSED = _("The mail server's TLS or certificate can't be used. Is EMAIL_URL right?")
SENDER_REFUSED = _("The mail server refused the sender. Is the address under Practice right?")
SERVER_REFUSED = _("The mail server refused this address or mail ({code}).")
SERVER_BUSY = _("The mail server asked us to wait ({code}).")

SERVICE_REFUSED_ADDRESS = _("The mail service refused this address.")
SERVICE_REFUSED = _("The mail service refused this address ({code}).")
SERVICE_NO_ADDRESS = _("The mail service can't email this address.")
SERVICE_NO_SENDER = _("The sender or the reply-to address can't be used.")
SERVICE_NOT_SET_UP = _("The mail service isn't set up.")
SERVICE_REFUSED_US = _("The mail service refused our account or sender ({code}).")
SERVICE_BUSY = _("The mail service asked us to wait ({code}).")
SERVICE_NOT_TAKEN = _("The mail service didn't take this email ({code}).")
SERVICE_GAVE_ADDRESS_UP = _("The mail service told us this address doesn't take email anymore.")

NEWSLETTER_TOOL, OTHER_TOOL = _("The newsletter tool"), _("The tool")
TOOL_PRIVATE = _("{tool} isn't public, and not in OUTGOING_PRIVATE_HOSTS.")
TOOL_UNREACHED = _("{tool} couldn't be reached.")
TOOL_REFUSED = _("{tool} refused it ({code}).")
TOOL_BUSY = _("{tool} couldn't take it just now ({code}).")
TOOL_MOVED = _("{tool} sent us on to another address ({code}). Correct it.")
TOOL_GONE = _("The tool said that it's gone for good.")

SUPPRESSED = _("This address doesn't want email.")
ASKED_TODAY = _("This address got its guide email in the last 24 hours.")
CORRECTED = _("The runner corrected the address.")
UNSUBSCRIBED = _("The contact unsubscribed.")
TURNED_OFF = _("The contact turned it off.")
ANSWERED_AGAIN = _("Newer answers took its place.")
NEWS_STOPPED = _("You stopped it.")
WRONG = _("The version behind it was marked as wrong.")
NOT_WRONG = _("You took back that the version was wrong.")

UPLOAD_LOST = _("Your own PDF is gone from this server, or damaged.")
NO_PDF = _("Its PDF can't be made ({error}).")

REASONS = (
    AND_GAVE_UP, UNREACHED, GAVE_UP, MAYBE_SENT, ONE_A_DAY, NOT_WANTED, FIVE_TRIES, NOT_BUILT,
    SIGN_IN_REFUSED, TLS_REFUSED, SENDER_REFUSED, SERVER_REFUSED, SERVER_BUSY,
    SERVICE_REFUSED_ADDRESS, SERVICE_REFUSED, SERVICE_NO_ADDRESS, SERVICE_NO_SENDER,
    SERVICE_NOT_SET_UP, SERVICE_REFUSED_US, SERVICE_BUSY, SERVICE_NOT_TAKEN,
    SERVICE_GAVE_ADDRESS_UP, NEWSLETTER_TOOL, OTHER_TOOL, TOOL_PRIVATE, TOOL_UNREACHED,
    TOOL_REFUSED, TOOL_BUSY, TOOL_MOVED, TOOL_GONE, SUPPRESSED, ASKED_TODAY, CORRECTED,
    UNSUBSCRIBED, TURNED_OFF, ANSWERED_AGAIN,
    NEWS_STOPPED, WRONG, NOT_WRONG, UPLOAD_LOST, NO_PDF,
)  # fmt: skip


def reason_line(stored: str) -> str:
    """A stored reason in the active language. What isn't one of them stays as it is."""
    return translated(recognized(stored, REASONS))
