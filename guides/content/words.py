"""Fixed, translatable words: the labels of a PDF, and those of a dose."""

from dataclasses import dataclass


def _(text: str) -> str:
    """Marks a text for makemessages without translating it (gettext_noop)."""
    return text


@dataclass(frozen=True, kw_only=True)
class PdfLabels:
    """The labels, English by default, some with %-placeholders."""

    page_of: str = _("Page %(number)s of %(all)s")
    reviewed: str = _("Reviewed by %(name)s.")
    unreviewed: str = _("Draft, not reviewed by a clinician.")

    start_phase: str = _("You start with phase %(number)s: %(title)s.")
    your_plan: str = _("Your plan: %(title)s")
    three_phases: str = _("How the three phases build")
    cake: str = _(
        "A cake in three layers: the cake itself is phase 1, the frosting on it phase 2, "
        "the candle on top phase 3."
    )
    start_here: str = _("You start here.")

    week: str = _("Week %(first)s")
    weeks: str = _("Weeks %(first)s to %(last)s")
    weekdays: str = _("M T W T F S S")
    one_day: str = _("1 day a week, about %(minutes)s minutes each")
    some_days: str = _("%(days)s days a week, about %(minutes)s minutes each")
    how_to_tick: str = _(
        "Do each session in this order, and tick its day. "
        "Bold boxes are days that lie well apart; others do too."
    )
    exercise: str = _("Exercise")
    how_much: str = _("How much")
    page: str = _("Page")
    move_on_when: str = _("Move on when:")

    your_exercises: str = _("Your exercises")
    warm_up: str = _("Warm up before each session.")
    what_is_usual: str = _(
        "Your plan says how much you do. The shaded box of each exercise shows what is usual."
    )
    phase: str = _("Phase %(number)s: %(title)s")
    on_page: str = _("page %(number)s")

    you_need: str = _("You need: %(things)s")
    sets: str = _("Sets")
    repeats: str = _("Repeats")
    hold: str = _("Hold")
    rest: str = _("Rest")
    days_a_week: str = _("Days a week")
    pace: str = _("Pace")
    effort: str = _("Effort")
    each_side: str = _("%(much)s each side")
    seconds: str = _("%(number)s seconds")
    start: str = _("Start")
    do_this: str = _("Do this")
    easier: str = _("Easier")
    harder: str = _("Harder")
    think_of: str = _("Think of")
    watch_out_for: str = _("Watch out for")
    stop_if: str = _("Stop if:")
    skip_if: str = _("Skip it if:")
    how_sure: str = _("How sure are we?")
    video: str = _("Video")

    progress_and_pain: str = _("How to progress, and what pain means")
    pain_rule: str = _("The pain rule")
    stop_at_once: str = _("Stop at once if you have")
    stop_any: str = _("Stop any exercise if you have")
    when_harder: str = _("When to make it harder")
    when_easier: str = _("When to make it easier")
    running: str = _("Running alongside")
    see_someone: str = _("When to see someone")
    see_someone_too: str = _("With your result, also see someone if:")
    book: str = _("Book a visit")
    please_note: str = _("Please note")
    known_and_not: str = _("What is known, and what is not")
    studies_found: str = _("What studies found")
    studies_stop: str = _("Where they stop")
    references: str = _("References")
    nothing_to_tell: str = _("It is not ready to show yet.")
    open_and_tap: str = _("Open the page that your email links to, and tap %(link)s.")
    tell_me_first: str = _("Tell me first")


ENGLISH = PdfLabels()


@dataclass(frozen=True, kw_only=True)
class DoseWords:
    """The words of a dose, as plans write it, in English by default."""

    each_side: str = _("%(much)s each side")
    seconds: str = _("%(number)s s")


DOSE_IN_ENGLISH = DoseWords()
