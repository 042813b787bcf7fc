"""Converts model rows to the data of content files, and back, from objects or data."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from typing import Any

from django.db.models import Prefetch

from guides import content
from guides.content.pictures import pictures_of, with_files
from guides.models import (
    EmailText,
    Exercise,
    ExercisePicture,
    Guide,
    Plan,
    PlanBlock,
    PlanStep,
    SeriesEmail,
    SharedRules,
)
from runfit.lib.json_format.writing import to_data

Data = dict[str, Any]
Written = Mapping[str, Any]  # data as in a file, even if incomplete

EXERCISE_LINES = ("steps", "cues", "common_mistakes", "stop_if", "skip_for")
EXERCISE_PARTS = {"id", "dose", "picture", "more_pictures", "instead"}
PICTURE_PARTS = ("clip", "caption")
RULE_LINES = ("order", "pain_rule", "stop_at_once", "with_running")
DOSE = tuple(field.name for field in fields(content.Dose))
DOSE_OPTIONAL = ("reps", "seconds", "tempo", "effort")
SERIES_EMAIL = ("subject", "preview", "body", "button", "days")
EMAIL = ("subject", "other_subjects", "preview", "body", "button")
EMAIL_LINES = ("other_subjects", "body")


def exercise_columns(exercise: content.ExerciseContent | Written) -> Data:
    """Column values, without pictures and `instead`: these rows may not exist yet."""
    data = {"skip_for": (), "before_run": False, **to_data(exercise)}
    dose = data.pop("dose")
    return _columns(
        {"key": data.pop("id"), **_without(data, "instead", "picture", "more_pictures"), **dose}
    )


def exercise_data(row: Exercise, shown: Iterable[ExercisePicture] | None = None) -> Data:
    """An exercise as data, with other pictures `shown` than the stored ones if given. Prefetch
    `pictures` to avoid queries."""
    names = {field.name for field in fields(content.ExerciseContent)} - EXERCISE_PARTS
    values = _values(row, names, EXERCISE_LINES)
    skip_for, before_run = values.pop("skip_for"), values.pop("before_run")
    pictures = [*map(_picture_data, row.pictures.all() if shown is None else shown)]
    return {
        "id": row.key,
        **values,
        "dose": _dose_data(row),
        **({"picture": pictures[0]} if pictures else {}),
        **({"skip_for": skip_for} if skip_for else {}),
        **({"instead": row.instead.key} if row.instead else {}),
        **({"before_run": True} if before_run else {}),
        **({"more_pictures": pictures[1:]} if pictures[1:] else {}),
    }


def _picture_data(row: ExercisePicture) -> Data:
    values = {"clip": str(row.clip.name or ""), "caption": row.caption}
    return {
        "file": str(row.picture.name),
        "alt": row.alt,
        **{name: value for name, value in values.items() if value},
    }


def steps_minutes(steps: Iterable[PlanStep]) -> int | None:
    """The minutes of a session, worked out from its steps, with their exercises."""
    return content.session_minutes(
        (content.Dose(**_dose_data(step.exercise)), step.dose) for step in steps
    )


def _dose_data(row: Exercise) -> Data:
    dose = _values(row, DOSE)
    return dose | {name: dose[name] or None for name in DOSE_OPTIONAL}


def instead_set(exercises: Iterable[content.ExerciseContent | Written]) -> None:
    """Sets what is done instead of these exercises, once all rows exist."""
    keys = {each["id"]: each.get("instead") or "" for each in map(to_data, exercises)}
    rows = Exercise.objects.in_bulk({*keys, *keys.values()} - {""}, field_name="key")
    for key, instead in keys.items():
        rows[key].instead = rows.get(instead)
    Exercise.objects.bulk_update((rows[key] for key in keys), ["instead"])


def pictures_set(
    exercises: Iterable[content.ExerciseContent | Written], stored: Mapping[str, str] | None = None
) -> None:
    """Sets the pictures of these exercises, once their rows exist. `stored` says which names files
    are stored under, if under others."""
    data = {each["id"]: each for each in map(to_data, exercises)}
    rows = Exercise.objects.prefetch_related("pictures").in_bulk([*data], field_name="key")
    names = stored or {}
    for key, row in rows.items():
        after = [with_files(picture, names) for picture in pictures_of(data[key])]
        before = row.pictures.all()
        if [*map(_picture_data, before)] != after:
            before.delete()
            ExercisePicture.objects.bulk_create(
                ExercisePicture(
                    exercise=row, order=order, picture=picture["file"], alt=picture["alt"],
                    **{name: picture.get(name, "") for name in PICTURE_PARTS},
                )
                for order, picture in enumerate(after, start=1)
            )  # fmt: skip


def rules_columns(rules: content.SharedRulesContent | Written) -> Data:
    data = to_data(rules)
    progress = data.pop("progress")
    return _columns({**data, **{f"progress_{name}": text for name, text in progress.items()}})


def rules_data(row: SharedRules) -> Data:
    names = {field.name for field in fields(content.SharedRulesContent)} - {"progress"}
    progress = [field.name for field in fields(content.ProgressRules)]
    return {
        **_values(row, names, RULE_LINES),
        "progress": {name: getattr(row, f"progress_{name}") for name in progress},
    }


def plan_create(
    plan: content.PlanContent | Written, profile_id: int | None, exercises: dict[str, int]
) -> Plan:
    """Creates the rows of a plan. `exercises` maps exercise keys to primary keys. The next plan's
    row may not exist yet."""
    data = to_data(plan)
    row = Plan.objects.create(profile_id=profile_id, **_without(data, "blocks", "next_plan"))
    for block in data["blocks"]:
        first, last = block["weeks"]
        values = _without(block, "weeks", "exercises")
        weeks = PlanBlock.objects.create(plan=row, first_week=first, last_week=last, **values)
        PlanStep.objects.bulk_create(
            PlanStep(block=weeks, exercise_id=exercises[step["id"]], dose=step["dose"], order=order)
            for order, step in enumerate(block["exercises"], start=1)
        )
    return row


def next_plans_set(plans: Mapping[str, content.PlanContent | Written], assessment_id: int) -> None:
    """Sets what comes after these plans, by the result types of their self-check, once all rows
    exist."""
    own = Plan.objects.filter(profile__assessment=assessment_id).select_related("profile")
    rows = {row.profile.key: row for row in own if row.profile}
    for key, plan in plans.items():
        then = rows.get(to_data(plan).get("next_plan") or "")
        rows[key].next_plan = None if then == rows[key] else then
    Plan.objects.bulk_update((rows[key] for key in plans), ["next_plan"])


def plan_data(row: Plan) -> Data:
    """A plan as data. Prefetch `PLAN_PARTS`, and select `PLAN_NEXT`, to avoid queries."""
    then = row.next_plan
    profile = then.profile if then and then.check_id == row.check_id else None
    return {
        **_values(row, ("weeks", "title", "start_phase", "running")),
        "blocks": [_block_data(block) for block in row.blocks.all()],
        **({"next_plan": profile.key} if profile else {}),
        **({"next_week": row.next_week} if profile and row.next_week else {}),
    }


PLAN_PARTS = Prefetch("blocks__steps", PlanStep.objects.select_related("exercise"))
PLAN_NEXT = ("profile", "next_plan__profile")


def _block_data(block: PlanBlock) -> Data:
    return {
        "weeks": [block.first_week, block.last_week],
        **_values(block, ("days_per_week", "minutes", "goal", "move_on_if")),
        "exercises": [{"id": step.exercise.key, "dose": step.dose} for step in block.steps.all()],
    }


def guide_columns(guide: content.GuideFile | content.GuideContent | Written) -> Data:
    """Column values of the guide row, without its related rows (phases, references, emails)."""
    data = to_data(guide)
    plain = ("slug", "language", "title", "introduction", "see_someone", "disclaimer")
    return _columns(
        {
            **{name: data[name] for name in plain},
            **{f"evidence_{name}": data["evidence"][name] for name in ("known", "limits")},
            **{f"secret_{name}": data["secret"][name] for name in ("title", "text", "invitation")},
        }
    )


def email_columns(email: content.EmailContent | Written) -> Data:
    return _columns({"other_subjects": (), **to_data(email)})


def series_columns(email: content.SeriesEmail | Written) -> Data:
    return _columns(to_data(email))


def guide_data(row: Guide) -> Data:
    """The part of a guide's data that its file and its editions share."""
    return {
        **_values(row, ("slug", "language", "title", "disclaimer")),
        "introduction": lines(row.introduction),
        "phases": [
            _values(phase, ("number", "title", "picture", "text")) for phase in row.phases.all()
        ],
        "evidence": {"known": lines(row.evidence_known), "limits": lines(row.evidence_limits)},
        "references": [_values(reference, ("text", "url")) for reference in row.references.all()],
        "see_someone": lines(row.see_someone),
        "secret": {
            "title": row.secret_title,
            "text": row.secret_text,
            "invitation": row.secret_invitation,
        },
        "emails": emails_data(row.emails.all(), row.series.all()),
    }


def emails_data(rows: Iterable[EmailText], series: Iterable[SeriesEmail]) -> Data:
    """`series` in the order of its days."""
    in_series = [_values(row, SERIES_EMAIL, ("body",)) for row in series]
    return {
        **{row.kind: _email_data(row) for row in rows},
        **({"series": in_series} if in_series else {}),
    }


def _email_data(row: EmailText) -> Data:
    values = _values(row, EMAIL, EMAIL_LINES)
    return values if values["other_subjects"] else _without(values, "other_subjects")


def lines(text: str) -> list[str]:
    """Splits a text with one entry per line into a list."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def _values(row: object, names: Iterable[str], with_lines: Collection[str] = ()) -> Data:
    values = {name: getattr(row, name) for name in names}
    return {name: lines(value) if name in with_lines else value for name, value in values.items()}


def _without(data: Written, *names: str) -> Data:
    return {name: value for name, value in data.items() if name not in names}


def _columns(data: Data) -> Data:
    """Joins lists into lines, and turns None into an empty string."""
    return {name: _column(value) for name, value in data.items()}


def _column(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return "\n".join(value)
    return "" if value is None else value
