"""What runners read about how long things are kept, from the periods that the PT set."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Retention

PLACEHOLDER = "{how_long}"
"""Where a privacy notice says it. One without it says so at its end."""


def how_long(retention: Retention) -> str:
    """One paragraph, for a privacy notice."""
    return " ".join([
        _("If you don't ask for the guide, we delete your answers %(time)s after your last ones.")
        % {"time": _time(retention.answers)},
        _(
            "If you do, we keep your answers and your email while the link to your guide works. "
            "As long as it does, you can take the self-check again and see what changed."
        ),
        _contacts(retention.contacts),
        _("Training that you saved with your link goes with them, or once you stop saving it."),
        _(
            "If you said yes to news, we keep your address until you say no. You can have it all "
            "erased sooner."
        ),
        _("We note who of us looked at your answers, and keep that for %(time)s.")
        % {"time": _time(retention.logs)},
        _("Daily counts stay. They don't say anything about you."),
    ])  # fmt: skip


def _contacts(days: int) -> str:
    if not days:
        return _("When the last link ends, we delete both.")
    return _("We delete both %(time)s after the last link ends.") % {"time": _time(days)}


def _time(days: int) -> str:
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
