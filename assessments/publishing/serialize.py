"""Converts the rows of a draft to the data of an assessment file.

Optional keys are left out if empty, except `language` and `help`.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.models import Prefetch

from assessments.models import (
    Assessment,
    Case,
    Choice,
    Condition,
    DerivedSafety,
    Dimension,
    Notice,
    Points,
    Profile,
    ProfileFaq,
    Question,
    SafetyItem,
    SafetyLevel,
)

Data = dict[str, Any]


def _parts() -> "list[str | Prefetch[Any]]":
    """Prefetch everything a file needs, in a constant number of queries."""
    conditions = Condition.objects.with_parts()
    points = Points.objects.select_related("dimension")
    return [
        "dimensions",
        "faq",
        "retest_advice",
        "safety_levels",
        Prefetch("safety_items", SafetyItem.objects.select_related("level")),
        Prefetch("derived_safety", DerivedSafety.objects.select_related("level")),
        Prefetch("derived_safety__conditions", conditions),
        Prefetch("questions__choices__points", points),
        Prefetch("questions__bands__points", points),
        Prefetch("questions__show_if", conditions),
        Prefetch("profiles__conditions", conditions),
        Prefetch("profiles__faq_answers", ProfileFaq.objects.select_related("faq")),
        Prefetch("notices", Notice.objects.select_related("faq")),
        Prefetch("notices__conditions", conditions),
        "cases",
    ]


def serialize_draft(assessment: Assessment) -> Data:
    """The data of the file. Reads all rows from the database, ignoring unsaved changes."""
    return _draft(Assessment.objects.prefetch_related(*_parts()).get(pk=assessment.pk))


def serialize_drafts(assessments: Iterable[Assessment]) -> dict[int, Data]:
    """The data of the files by primary key, in as many queries as for one."""
    drafts = Assessment.objects.prefetch_related(*_parts())
    found = drafts.filter(pk__in={assessment.pk for assessment in assessments})
    return {draft.pk: _draft(draft) for draft in found}


def _draft(draft: Assessment) -> Data:
    return {
        "slug": draft.slug,
        "language": draft.language,
        "title": draft.title,
        "statement": draft.statement,
        "dimensions": [_dimension(dimension) for dimension in draft.dimensions.all()],
        "confidence": {
            "high": draft.confidence_high,
            "medium": draft.confidence_medium,
            "low": draft.confidence_low,
        },
        "safety": _safety(draft),
        "questions": [_question(question) for question in draft.questions.all()],
        "profiles": [_profile(profile) for profile in draft.profiles.all()],
        **_filled(
            headline=draft.headline,
            benefit=draft.benefit,
            minutes=draft.minutes,
            direction=draft.direction,
            next_check=draft.next_check,
            notices=[_notice(notice) for notice in draft.notices.all()],
            faq=[
                {"key": faq.key, "question": faq.question, "answer": faq.answer}
                for faq in draft.faq.all()
            ],
            why=_why(draft),
            cases=[_case(case) for case in draft.cases.all()],
            retest=_retest(draft),
            disclaimers=_disclaimers(draft),
        ),
    }


def _filled(**values: Any) -> Data:
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def _lines(text: str) -> list[str]:
    """Split a text with one entry per line."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def _dimension(dimension: Dimension) -> Data:
    balance = {"side": dimension.balance_side, "label": dimension.balance_label}
    return {
        "key": dimension.key,
        "label": dimension.label,
        "plain": dimension.plain,
        "weight": dimension.weight,
        **_filled(balance=balance if dimension.balance_side else None),
    }


def _why(draft: Assessment) -> Data:
    """Both texts, even if one is still empty: the checker then asks for it."""
    texts = {"title": draft.why_title, "text": draft.why_text}
    rest = _filled(more_title=draft.why_more_title, more=draft.why_more)
    return {**texts, **rest} if any(texts.values()) or rest else {}


def _case(case: Case) -> Data:
    return {
        "name": case.name,
        "answers": case.answers_by_question,
        "safety": case.safety,
        "expect": _filled(
            level=case.level,
            profile=case.profile,
            measured=case.measured,
            unmeasured=case.unmeasured,
            notices=case.notices,
            no_notices=case.no_notices,
        ),
        **_filled(example=case.example or None),
    }


def _retest(draft: Assessment) -> Data:
    advice = draft.retest_advice.all()
    return _filled(
        weekly=draft.retest_weekly,
        full=_lines(draft.retest_full),
        earliest_days=draft.retest_earliest_days,
        compare=draft.retest_compare,
        labels=_filled(
            better=draft.retest_better, same=draft.retest_same, worse=draft.retest_worse
        ),
        always_show=draft.retest_always_show,
        if_no_change={each.after: each.text for each in advice},
        if_few_done={each.after: each.few_done for each in advice if each.few_done},
        if_enough_done={each.after: each.enough_done for each in advice if each.enough_done},
    )


def _disclaimers(draft: Assessment) -> Data:
    return _filled(
        top=draft.disclaimer_top,
        before_exercise=draft.disclaimer_before_exercise,
        emergency=draft.disclaimer_emergency,
        evidence=draft.disclaimer_evidence,
        privacy=draft.disclaimer_privacy,
    )


def _safety(draft: Assessment) -> Data:
    return {
        "intro": draft.safety_intro,
        "none_label": draft.safety_none_label,
        "items": [
            {
                "key": item.key,
                "level": item.level.key,
                "text": item.text,
                "why": item.why,
                **_filled(group=item.group, note=item.note),
            }
            for item in draft.safety_items.all()
        ],
        "derived": [
            {
                "level": derived.level.key,
                "when": [_condition(condition) for condition in derived.conditions.all()],
                "why": derived.why,
                **_filled(note=derived.note),
            }
            for derived in draft.derived_safety.all()
        ],
        "levels": {level.key: _level(level) for level in draft.safety_levels.all()},
    }


def _level(level: SafetyLevel) -> Data:
    return {
        "rank": level.rank,
        "scores": level.scores,
        "guide": level.guide,
        "title": level.title,
        "body": level.body,
        **_filled(tell_them=level.tell_them, note=level.note),
    }


def _question(question: Question) -> Data:
    return {
        "key": question.key,
        "kind": question.kind,
        "text": question.text,
        "help": question.help,
        **_filled(
            show_if=[_condition(condition) for condition in question.show_if.all()],
            optional=question.optional or None,
            group=question.group,
            compare_on_retest=None if question.compare_on_retest else False,
            how_to=_lines(question.how_to),
            skip_if=question.skip_if,
            basis=question.basis,
            source=question.source,
        ),
        **_filled(
            drawing={"alt": question.drawing_alt, "svg": question.drawing}
            if question.drawing
            else None
        ),
        **(_scale(question) if question.kind == Question.Kind.SCALE else _choices(question)),
    }


def _choices(question: Question) -> Data:
    return {
        "choices": [
            {
                "key": choice.key,
                "label": choice.label,
                "points": _points(choice.points.all()),
                **(_spot(choice) if question.drawing else {}),
                **_filled(alone=choice.alone or None),
            }
            for choice in question.choices.all()
        ]
    }


def _spot(choice: Choice) -> Data:
    """The position on the drawing, if set."""
    if choice.spot_left is None:
        return {}
    return {"spot": [choice.spot_left, choice.spot_top]}


def _scale(question: Question) -> Data:
    return {
        "minimum": question.minimum,
        "maximum": question.maximum,
        **_filled(low_label=question.low_label, high_label=question.high_label),
        "bands": [
            {"from": band.lowest, "to": band.highest, "points": _points(band.points.all())}
            for band in question.bands.all()
        ],
    }


def _points(points: Iterable[Points]) -> dict[str, int | None]:
    return {row.dimension.key: row.value for row in points}


def _profile(profile: Profile) -> Data:
    return {
        "key": profile.key,
        "start_phase": profile.start_phase,
        "rule": _rule(profile.conditions.all()),
        "title": profile.title,
        "summary": profile.summary,
        "first_step": profile.first_step,
        "honest_note": profile.honest_note,
        "see_someone_if": profile.see_someone_if,
        **_filled(
            headline=profile.headline,
            picture={"alt": profile.picture_alt, "svg": profile.picture}
            if profile.picture
            else None,
        ),
        **_filled(faq={row.faq.key: row.answer for row in profile.faq_answers.all()}),
    }


def _notice(notice: Notice) -> Data:
    return {
        "key": notice.key,
        "rule": _rule(notice.conditions.all()),
        "text": notice.text,
        **_filled(
            faq=notice.faq.key if notice.faq else None,
            in_why=notice.in_why or None,
            in_guide=None if notice.in_guide else False,
        ),
    }


def _rule(conditions: Iterable[Condition]) -> list[list[Data]]:
    """An "always" alternative has no conditions; a rule without alternatives never holds."""
    return [
        [_condition(row) for row in alternative if row.kind != Condition.Kind.ALWAYS]
        for _, alternative in groupby(conditions, key=lambda row: row.alternative)
    ]


def _key(subject: Question | Dimension | None) -> str:
    return subject.key if subject else ""


def _condition(condition: Condition) -> Data:
    if condition.kind == Condition.Kind.CONFIDENCE:
        return {"any_score": True, "confidence_in": condition.confidences.split()}
    if condition.kind in {Condition.Kind.IN, Condition.Kind.NOT_IN}:
        picks = [pick.choice.key for pick in condition.picks.all()]
        return {"answer": _key(condition.question), condition.kind: picks}
    if condition.kind == Condition.Kind.UNMEASURED:
        return {"score": _key(condition.dimension), "unmeasured": True}
    bounds = _filled(below=condition.below, at_least=condition.at_least, at_most=condition.at_most)
    if condition.kind == Condition.Kind.SCORE:
        return {"score": _key(condition.dimension), **bounds}
    return {"answer": _key(condition.question), **bounds}
