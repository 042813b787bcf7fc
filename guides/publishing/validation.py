"""Findings about a guide draft, or about the practice, before it's published or saved."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

import assessments.selectors
from assessments.checker import Finding
from guides import content, selectors
from guides.models import ExercisePicture, Guide, Plan
from guides.pdf import render
from guides.pdf.build import SHOWN, PictureSource, guide_build
from guides.pdf.file_integrity import file_checksum
from guides.pdf.papers import TYPST_PAPER, Paper
from runfit.lib.storage import files_missing

if TYPE_CHECKING:
    from assessments.models import Practice

PICTURE_GONE = gettext_lazy("A picture of it is missing or damaged. Upload it again.")
ONLY_ON_PAGES = re.compile(r"\.more_pictures\[|\.caption$")
PICTURE_UNFIT = gettext_lazy(
    "A new picture can't be printed in it. Save it as PNG and upload that."
)
MAX_BOX_FINDINGS = 5
MINUTES_TOLERANCE = 0.2
EMERGENCY = "emergency"
LOOK = tuple(SHOWN.values())


def guide_findings(*, guide: Guide, compiled: content.GuideContent) -> list[Finding]:
    """Findings about a complete draft, without building its PDFs."""
    return [
        *_plans_missing(guide, compiled),
        *_put_aside(),
        *placeholders(compiled),
        *_pictures_missing(compiled),
        *_boxes(compiled),
        *_upload_lost(guide),
        *_lone_braces(compiled),
        *_variables_unknown(compiled),
        *_health_in_inbox(compiled),
        *_follow_up_missing(compiled),
        *_series_cut_short(compiled),
        *_skip_for_unknown(guide, compiled),
        *_sessions_emptied(compiled),
        *_minutes_differ(compiled),
        *_weeks_left_open(compiled),
    ]


def _plans_missing(guide: Guide, compiled: content.GuideContent) -> Iterable[Finding]:
    edition = assessments.selectors.edition_live(guide.assessment.slug)
    if edition is None or guide.upload:
        return
    for profile in assessments.selectors.edition_definition(edition).profiles:
        if compiled.profile(profile.key) is None:
            message = _("“{result}” has no plan, so that result offers no guide. Add one.").format(
                result=profile.title
            )
            yield Finding("warning", "plan_missing", f"plans.{profile.key}", message)


def _put_aside() -> Iterable[Finding]:
    for plan in Plan.objects.filter(profile=None):
        message = _(
            "The plan “{plan}” is set aside: its result type was removed. Give it another result "
            "type, or delete it."
        ).format(plan=plan.title)
        yield Finding("warning", "plan_put_aside", "guide", message)


def placeholders(compiled: content.GuideContent) -> Iterable[Finding]:
    if not compiled.secret.filled_in:
        message = _("The secret still has the text that asks you to fill it in.")
        yield Finding("warning", "secret_to_fill_in", "secret.text", message)


def _pictures_missing(compiled: content.GuideContent) -> Iterable[Finding]:
    files_of = [
        [file for picture in exercise.pictures for file in picture.files]
        for exercise in compiled.exercises
    ]
    gone = set(files_missing(chain.from_iterable(files_of)))
    for index, files in enumerate(files_of):
        where = f"exercises[{index}]"
        if not files:
            message = _("It has no picture, so runners can only read how to do it. Add one.")
            yield Finding("warning", "picture_missing", where, message)
        elif any(file in gone for file in files):
            yield Finding("error", "picture_gone", where, str(PICTURE_GONE))


def files_state(guide: Guide) -> object:
    """What findings rest on besides rows: the files that are missing, and the PT's own PDF."""
    rows = ExercisePicture.objects.order_by().values_list("picture", "clip")
    names = {name for row in rows for name in row if name}
    own = str(guide.upload.name or "")
    return [*sorted(files_missing(names)), own and file_checksum(own)]


def _boxes(compiled: content.GuideContent) -> Iterable[Finding]:
    """Texts with characters that the PDF would print as boxes."""
    texts = [
        (where, text)
        for where, text in content.texts(compiled)
        if not (text.isascii() or ONLY_ON_PAGES.search(where))
    ]
    unshown = render.unshown(text for _, text in texts)
    candidates = [(where, _contained(text, unshown)) for where, text in texts]
    affected = [(where, characters) for where, characters in candidates if characters]
    for where, characters in affected[:MAX_BOX_FINDINGS]:
        message = _(
            "The PDF's font doesn't have “{characters}” and would print boxes. The page for phones "
            "shows them. Reword it, or upload a PDF of your own."
        ).format(characters=characters[:20])
        yield Finding("warning", "boxes", where, message)
    if len(affected) > MAX_BOX_FINDINGS:
        more = len(affected) - MAX_BOX_FINDINGS
        message = _("The same is true of {number} more texts.").format(number=more)
        yield Finding("warning", "boxes", "guide", message)


def _contained(text: str, chars: set[str]) -> str:
    """Those of the characters that the text contains, once each, in order."""
    return "".join(dict.fromkeys(char for char in text if char in chars))


def _upload_lost(guide: Guide) -> Iterable[Finding]:
    """The PT's own PDF is missing, or differs from what was published."""
    if not guide.upload:
        return
    checksum = file_checksum(str(guide.upload.name))
    published = guide.editions.filter(upload=guide.upload.name).exclude(upload_mark="").first()
    if not checksum or (published and published.upload_mark != checksum):
        message = _("Your own PDF is missing or damaged. Upload it again.")
        yield Finding("error", "upload_lost", "upload", message)


def guide_builds_check(
    *, guide: Guide, compiled: content.GuideContent, built: content.GuideContent | None = None
) -> list[Finding]:
    """Builds the PDFs of each result type whose plan or exercises differ from what was `built`
    before, in both paper sizes; returns findings about failures."""
    source = PictureSource()
    findings: list[Finding] = []
    left_out: set[str] = set()
    changed = _changed_profiles(compiled, built)
    for index, profile in enumerate(compiled.profiles):
        if profile not in changed:
            continue
        try:
            for paper, advice in _variants(compiled, profile):
                pdf = guide_build(
                    content=compiled,
                    guide=guide,
                    profile=profile.key,
                    paper=paper,
                    advice=advice,
                    picture_source=source,
                )
                left_out |= {*pdf.left_out}
        except render.UnbuildableError as error:
            fault = Finding("error", "unbuildable", f"profiles[{index}]", _unbuildable(error))
            findings.append(fault)
    return findings + [
        Finding("error", "picture_gone", f"exercises[{index}]", str(PICTURE_GONE))
        for index, exercise in enumerate(compiled.exercises)
        if exercise.picture and exercise.picture.file in left_out
    ]


def _changed_profiles(
    compiled: content.GuideContent, built: content.GuideContent | None
) -> tuple[content.ProfilePlan, ...]:
    """All other PDFs were built before. What result types share is in the same places of each PDF,
    so if nothing else has changed, one of them tells of all."""
    changed = tuple(
        profile
        for profile in compiled.profiles
        if built is None or _own_parts(compiled, profile.key) != _own_parts(built, profile.key)
    )
    return changed or compiled.profiles[:1]


def _own_parts(compiled: content.GuideContent, key: str) -> list[object]:
    """What only this result type's PDFs show, for runners who skip nothing or all that they may."""
    skipped = {key for exercise in compiled.exercises for key in exercise.skip_for or ()}
    guides = [compiled.for_runner(key, skip_for) for skip_for in ((), skipped)]
    return [
        (profile, guide.exercises_of(profile.plan))
        for guide in guides
        for profile in guide.profiles
    ]


def _unbuildable(error: render.UnbuildableError) -> str:
    return _("Its PDF can't be made: {reason}").format(reason=error)


def _variants(
    compiled: content.GuideContent, profile: content.ProfilePlan
) -> Iterator[tuple[Paper, content.RunnerAdvice]]:
    """On both papers, and once with all the exercises that some runners do instead."""
    for paper in TYPST_PAPER:
        yield paper, content.RunnerAdvice()
    checked = {key for exercise in compiled.exercises for key in exercise.skip_for or ()}
    if compiled.for_runner(profile.key, checked).profile(profile.key) not in (None, profile):
        yield "a4", content.RunnerAdvice(skip_for=frozenset(checked))


def _lone_braces(compiled: content.GuideContent) -> Iterable[Finding]:
    for kind, words in compiled.emails.written():
        for where, text in words.texts():
            if content.has_lone_brace(text):
                message = _("There's a stray curly bracket here, and the email would show it.")
                yield Finding("warning", "brace_alone", f"emails.{kind}.{where}", message)


def _health_in_inbox(compiled: content.GuideContent) -> Iterable[Finding]:
    """Subject and preview lines that name a body part or a complaint, perhaps by the guide's
    title."""
    for kind, words in compiled.emails.written():
        for where, text in words.filled(practice="", guide=compiled.title, days=0).texts():
            if where.startswith(("subject", "other_subjects", "preview")):
                for word in content.health_words(text)[:1]:
                    message = _(
                        "It says “{word}”, and other people may see it: on a lock screen, for "
                        "example. Keep such words for the email itself, unless you want them here."
                    ).format(word=word)
                    yield Finding("warning", "health_in_inbox", f"emails.{kind}.{where}", message)


def _variables_unknown(compiled: content.GuideContent) -> Iterable[Finding]:
    """Texts of pages and PDFs know one variable."""
    for where, text in content.texts(compiled):
        for name in sorted(content.text_variables(text) - {EMERGENCY}):
            message = _("“{unknown}” isn't known here. Only “{known}” is.").format(
                unknown=f"{{{name}}}", known=f"{{{EMERGENCY}}}"
            )
            yield Finding("warning", "variable_unknown", where, message)


def _follow_up_missing(compiled: content.GuideContent) -> Iterable[Finding]:
    if compiled.emails.follow_up is None:
        message = _(
            "There's no text for the email that invites runners to retake the check, so we don't "
            "offer it. Add it below."
        )
        yield Finding("warning", "follow_up_missing", "emails", message)


def _series_cut_short(compiled: content.GuideContent) -> Iterable[Finding]:
    """Emails of the series that come after the end of a plan."""
    for index, email in enumerate(compiled.emails.series or ()):
        ended = [
            f"“{profile.title}”"
            for profile in compiled.profiles
            if email not in compiled.series_for(profile.key)
        ]
        if ended:
            message = _(
                "Day {number} comes after the plan for {results} has ended, so those runners don't "
                "get it."
            ).format(number=email.days, results=get_text_list(ended, _("and")))
            yield Finding("warning", "series_cut_short", f"emails.series[{index}].days", message)


def _skip_for_unknown(guide: Guide, compiled: content.GuideContent) -> Iterable[Finding]:
    """Exercises that are left out for a safety item that the self-check doesn't have."""
    edition = assessments.selectors.edition_live(guide.assessment.slug)
    if edition is None:
        return
    safety = assessments.selectors.edition_definition(edition).safety
    for index, exercise in enumerate(compiled.exercises):
        for key in exercise.skip_for or ():
            if not safety.has_item(key):
                message = _(
                    "It's left out for “{item}”, which the safety list of the self-check doesn't "
                    "have. Check for whom it's left out."
                ).format(item=key.replace("_", " "))
                where = f"exercises[{index}].skip_for"
                yield Finding("warning", "skip_for_unknown", where, message)


def _sessions_emptied(compiled: content.GuideContent) -> Iterable[Finding]:
    """Weeks of which nothing remains for runners who checked one safety item."""
    keys = {key: None for exercise in compiled.exercises for key in exercise.skip_for or ()}
    items = assessments.selectors.safety_items_clearable() if keys else {}
    for index, profile in enumerate(compiled.profiles):
        for key in keys:
            plan = compiled.for_runner(profile.key, {key}).plan(profile.key)
            if plan is None or len(plan.blocks) < len(profile.plan.blocks):
                message = _(
                    "Some of its weeks have no exercise left for runners who checked “{item}”. "
                    "Give an exercise that they do instead."
                ).format(item=items.get(key, key.replace("_", " ")))
                yield Finding("error", "session_emptied", f"profiles[{index}].plan", message)


def _minutes_differ(compiled: content.GuideContent) -> Iterable[Finding]:
    """Sessions that take clearly more or less time than their plan says."""
    for index, profile in enumerate(compiled.profiles):
        for block in profile.plan.blocks:
            minutes = compiled.minutes(block)
            if minutes and abs(block.minutes - minutes) > MINUTES_TOLERANCE * minutes:
                message = _(
                    "Weeks {first} to {last} say {said} minutes, but their moves, rests, and "
                    "changes take about {minutes}, without a warm-up. Change the minutes or the "
                    "doses."
                ).format(
                    first=block.weeks[0], last=block.weeks[1], said=block.minutes, minutes=minutes
                )
                yield Finding("warning", "minutes_differ", f"profiles[{index}].plan", message)


def _weeks_left_open(compiled: content.GuideContent) -> Iterable[Finding]:
    """Plans with weeks that nothing is planned for."""
    for index, profile in enumerate(compiled.profiles):
        plan = profile.plan
        planned = {
            week for block in plan.blocks for week in range(block.weeks[0], block.weeks[1] + 1)
        }
        empty = [week for week in range(1, plan.weeks + 1) if week not in planned]
        if empty:
            weeks = get_text_list([str(week) for week in empty], _("and"))
            says = ngettext("It says {number} week, but", "It says {number} weeks, but", plan.weeks)
            nothing = ngettext(
                "there's nothing to do in week {weeks}. Add what's missing, or change its number "
                "of weeks.",
                "there's nothing to do in weeks {weeks}. Add what's missing, or change its number "
                "of weeks.",
                len(empty),
            )
            message = f"{says.format(number=plan.weeks)} {nothing.format(weeks=weeks)}"
            yield Finding("warning", "weeks_left_open", f"profiles[{index}].plan", message)


def practice_guides_check(practice: "Practice", fresh: Mapping[str, bytes]) -> list[Finding]:
    """Findings about a guide with this practice's text and pictures.

    Every guide shows the practice in the same places of the same template, so one PDF tells of all.
    The others are built when somebody asks for them.
    """
    stored = assessments.selectors.practice()
    if all(getattr(practice, name) == getattr(stored, name) for name in LOOK):
        return []
    shown = [str(getattr(practice, name)) for name in ("name", "credentials", "sign_off")]
    unshown = _contained("".join(shown), render.unshown(shown))
    findings = []
    if unshown:
        message = _("The PDF can't show “{characters}” and prints boxes instead.").format(
            characters=unshown[:20]
        )
        findings.append(Finding("warning", "boxes", "practice", message))
    faults = _practice_build_faults(practice, fresh)
    return findings + [Finding("error", "unbuildable", "practice", fault) for fault in faults]


def _practice_build_faults(practice: "Practice", fresh: Mapping[str, bytes]) -> Iterator[str]:
    edition = next(iter(selectors.editions_live()), None)
    if edition is None:
        return
    compiled = selectors.guide_content(edition)
    try:
        built = guide_build(
            content=compiled,
            guide=edition.guide,
            profile=compiled.profiles[0].key,
            paper="a4",
            practice=practice,
            picture_source=PictureSource(fresh),
        )
    except render.UnbuildableError as error:
        yield f"“{edition.guide}”: {_unbuildable(error)}"
    else:
        if {*built.left_out} & {*fresh}:
            yield f"“{edition.guide}”: {PICTURE_UNFIT}"
