"""What check.js has to know of a self-check's safety list, wherever the list is shown."""

from django.utils.translation import gettext as _

from assessments.definition import Definition, Safety
from assessments.selectors import emergency_text


def stopping_items(safety: Safety) -> list[str]:
    """The items that end it at once."""
    return [item.key for item in safety.items if safety.level(item.level).stops]


def step_words(definition: Definition) -> dict[str, str]:
    """Texts for the script. {n} and {all} are numbers."""
    return {
        "emergency": emergency_text(
            (definition.disclaimers and definition.disclaimers.emergency)
            or _("In an emergency, call {emergency}.")
        ),
        "none": definition.safety.none_label,
        "start": _("%(none)s, start") % {"none": definition.safety.none_label},
        "stop": _("Show me what to do"),
        "next": _("Next"),
        "skip": _("Skip"),
        "question": _("Question {n} of {all}"),
        "extra": _("Extra check {n} of {all}"),
        "required": _("Pick an answer first, please."),
        "wait": _("One moment…"),
        "offline": _(
            "You're offline. Your answers are safe. Keep this page open, and we'll send them as "
            "soon as you're back online."
        ),
        "away": _(
            "We can't reach the site right now. Your answers are safe, and we'll keep trying."
        ),
    }
