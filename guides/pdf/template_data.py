"""What the templates print, made from the content of a guide (pure)."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from guides.content import (
    BlockContent,
    ExerciseContent,
    GuideContent,
    PdfLabels,
    PlanContent,
    ProfilePlan,
    RunnerAdvice,
    Secret,
)
from guides.content.grouped_lines import grouped
from guides.pdf.prose import prose
from runfit.lib.json_format.writing import to_data

CHARACTERS_OF_LINE = 40  # of the narrower column
LINES_OF_PAGE = 36
# What fits on one page to pin up: more, or longer words, flow over several.
PINNED_EXERCISES, PINNED_WEEKS, PINNED_CHARACTERS = 12, 6, 60


def template_data(
    content: GuideContent, chosen: ProfilePlan, words: PdfLabels, advice: RunnerAdvice
) -> dict[str, Any]:
    """The data of one runner's guide, without pictures and the practice."""
    plan = chosen.plan
    exercises = content.exercises_of(plan)
    return {
        "document_title": f"{content.title}: {chosen.title}",
        "language": _language(content.language),
        "words": asdict(words),
        "title": content.title,
        "profile": {
            "title": chosen.title,
            "first_step": chosen.first_step,
            "see_someone_if": chosen.see_someone_if,
        },
        "start": to_data(content.phase(plan.start_phase)),
        "why": _why(content, advice),
        "answers": [(question, prose(answer)) for question, answer in advice.answers],
        "notices": [prose(notice) for notice in content.own_notices(advice)],
        "introduction": content.introduction,
        "phases": to_data(content.phases),
        "plan": _plan(content, plan, words),
        "exercises": [_exercise(content, plan, exercise, words) for exercise in exercises],
        "rules": to_data(content.shared_rules),
        "progress": [{"title": phase.title, "text": text} for phase, text in content.progress],
        "common_stops": content.common_stops,
        "see_someone": grouped(content.see_someone),
        "disclaimer": content.disclaimer,
        "evidence": to_data(content.evidence),
        "notes": [
            (exercise.name, exercise.evidence_note)
            for exercise in exercises
            if exercise.evidence_note
        ],
        "references": to_data(content.references),
        "secret": _secret(content.secret) if content.secret.filled_in else None,
    }


def _secret(secret: Secret) -> dict[str, Any]:
    return {**to_data(secret), "text": prose(secret.text)}


def _language(code: str) -> dict[str, str]:
    """Typst's language and region: `pt-BR` is `pt` in `BR`."""
    language, *rest = code.split("-")
    regions = [subtag for subtag in rest if len(subtag) == 2]
    return {"lang": language} | ({"region": regions[0]} if regions else {})


def _why(content: GuideContent, advice: RunnerAdvice) -> dict[str, Any] | None:
    if content.why is None:
        return None
    notices = [prose(notice) for notice in advice.in_why]
    return {"title": content.why.title, "text": prose(content.why.text), "notices": notices}


def left_out_data(content: GuideContent, profile: str, advice: RunnerAdvice) -> dict[str, Any]:
    """What the plan leaves out for this runner, and why. `content` is the whole guide."""
    left_out = content.left_out(profile, advice.skip_for)
    reasons = {key for each in left_out for key in each.checked}
    return {
        "checked": ", ".join(words for key, words in advice.checked if key in reasons),
        "left_out": [
            (each.exercise.name, each.instead.name if each.instead else "") for each in left_out
        ],
    }


def _plan(content: GuideContent, plan: PlanContent, words: PdfLabels) -> dict[str, Any]:
    return {
        "title": plan.title,
        "line": words.plan_line % {"title": plan.title, "effort": _effort(plan.blocks[0], words)},
        "running": plan.running,
        "before_run": ", ".join(exercise.name for exercise in content.before_run(plan)),
        "blocks": [_block(content, block, words) for block in plan.blocks],
    }


def _block(content: GuideContent, block: BlockContent, words: PdfLabels) -> dict[str, Any]:
    first, last = block.weeks
    steps = [
        {"id": step.id, "name": content.exercise(step.id).name, "dose": step.dose}
        for step in block.exercises
    ]
    weeks = [*range(first, last + 1)]
    return {
        "title": _weeks(first, last, words),
        "goal": block.goal,
        "effort": _effort(block, words),
        "move_on_if": block.move_on_if,
        "exercises": steps,
        "short": _short([steps, block.move_on_if]),
        "weeks": weeks,
        "days": block.days_per_week,
        "one_page": _fits_one_page(steps, weeks),
    }


def _weeks(first: int, last: int, words: PdfLabels) -> str:
    return (words.week if first == last else words.weeks) % {"first": first, "last": last}


def _effort(block: BlockContent, words: PdfLabels) -> str:
    effort = words.one_day if block.days_per_week == 1 else words.some_days
    return effort % {"days": block.days_per_week, "minutes": block.minutes}


def _fits_one_page(steps: list[dict[str, str]], weeks: list[int]) -> bool:
    longest = max(max(len(step["name"]), len(step["dose"])) for step in steps)
    fits = len(steps) <= PINNED_EXERCISES and len(weeks) <= PINNED_WEEKS
    return fits and longest <= PINNED_CHARACTERS


def _exercise(
    content: GuideContent, plan: PlanContent, exercise: ExerciseContent, words: PdfLabels
) -> dict[str, Any]:
    stops = content.own_stops(exercise)
    beside = [exercise.target, exercise.equipment, exercise.position]
    below = [
        exercise.steps,
        exercise.cues,
        exercise.common_mistakes,
        exercise.easier,
        exercise.harder,
        stops,
        exercise.skip_if,
    ]
    return {
        **to_data(exercise),
        "phase_title": content.phase(exercise.phase).title,
        "stop_if": stops,
        "doses": _doses(plan, exercise, words),
        "manner": exercise.dose.manner(words),
        "short": _short(beside, below),
    }


def _doses(plan: PlanContent, exercise: ExerciseContent, words: PdfLabels) -> list[tuple[str, str]]:
    """How much of it the plan asks for, and in which weeks."""
    spans: list[tuple[int, int, str]] = []
    for block in plan.blocks:
        (first, last), steps = block.weeks, (s for s in block.exercises if s.id == exercise.id)
        for step in steps:
            goes_on = spans and spans[-1][1:] == (first - 1, step.dose)
            start = spans.pop()[0] if goes_on else first
            spans.append((start, last, step.dose))
    return [(_weeks(first, last, words), dose) for first, last, dose in spans]


def _short(*columns: Any) -> bool:
    """Whether it surely fits on a page: no column fills more lines than that."""
    return all(
        sum(1 + len(text) // CHARACTERS_OF_LINE for text in _texts(column)) <= LINES_OF_PAGE
        for column in columns
    )


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        yield from _texts([*data.values()])
    elif isinstance(data, list | tuple):
        for item in data:
            yield from _texts(item)
