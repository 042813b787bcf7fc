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
    unreviewed: str = _("A draft. No PT or doctor has reviewed it yet.")

    start_phase: str = _("You start with phase %(number)s: %(title)s.")
    your_plan: str = _("Your plan: %(title)s")
    plan_line: str = _("Your plan: %(title)s. It starts with %(effort)s.")
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
    how_to_check: str = _(
        "Check off each day you do your session. "
        "Bold boxes are suggested days. Any days work if you spread them out."
    )
    worst_pain: str = _("Worst pain this week: circle one")
    on_phone: str = _("This session on your phone")
    scan_this: str = _("Scan this. The first time, open the link in your email.")
    code_to_scan: str = _("A code to scan with your phone. It opens %(url)s.")
    exercise: str = _("Exercise")
    how_much: str = _("How much")
    page: str = _("Page")
    move_on_when: str = _("Move on when:")

    warm_up: str = _("Warm up first:")
    phase: str = _("Phase %(number)s: %(title)s")

    you_need: str = _("You need: %(things)s")
    rest: str = _("Rest")
    pace: str = _("Pace")
    effort: str = _("Effort")
    seconds: str = _("%(number)s seconds")
    start: str = _("Start:")
    do_this: str = _("Do this")
    easier: str = _("Easier")
    harder: str = _("Harder")
    think_of: str = _("Think of")
    watch_out_for: str = _("Watch out for")
    stop_if: str = _("Stop if:")
    skip_if: str = _("Skip it if:")
    video: str = _("Video")

    your_result: str = _("What your result says")
    left_out: str = _("Left out because you checked: %(checked)s.")
    instead: str = _("%(exercise)s: do “%(instead)s” instead.")
    what_pain_means: str = _("What pain means")
    pain_rule: str = _("The pain rule")
    stop_at_once: str = _("Stop right away if you have")
    stop_any: str = _("Stop any exercise if you have")
    when_harder: str = _("When to make it harder")
    when_easier: str = _("When to make it easier")
    running: str = _("Running during your plan")
    before_run: str = _(
        "Before a run, warm up with these: %(exercises)s. 5 on each side is enough."
    )
    see_someone: str = _("When to see someone")
    see_someone_too: str = _("With your result, also see someone if:")
    book: str = _("Book a visit")
    please_note: str = _("Please note")
    known_and_not: str = _("What we know, and what we don't")
    studies_found: str = _("What studies found")
    studies_stop: str = _("What they don't show")
    how_sure: str = _("How sure we are of each exercise")
    references: str = _("References")
    open_and_tap: str = _("Open the page that your email links to, and tap %(link)s.")
    tell_me_first: str = _("Tell me first")
    your_runs: str = _("Your runs: date, how far, worst pain, and the next morning")
    your_notes: str = _("Your notes")


ENGLISH = PdfLabels()


@dataclass(frozen=True, kw_only=True)
class DoseWords:
    """The words of a dose, as plans write it, in English by default."""

    each_side: str = _("%(much)s each side")
    seconds: str = _("%(number)s s")


DOSE_IN_ENGLISH = DoseWords()
