"""Creates the rows of a draft from the data of an assessment file, with one INSERT per model."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from assessments.models import (
    Assessment,
    Band,
    Case,
    Choice,
    Condition,
    ConditionChoice,
    DerivedSafety,
    Dimension,
    Faq,
    Notice,
    Points,
    Profile,
    ProfileFaq,
    Question,
    RetestAdvice,
    SafetyItem,
    SafetyLevel,
)
from assessments.models.base import Keyed
from assessments.models.rules import OWNERS
from runfit.lib.audit import Recorded
from runfit.lib.models import columns

Data = Mapping[str, Any]
Row = TypeVar("Row", bound=Model)

# Models refer only to models before them.
SAVED_IN_ORDER: tuple[type[Recorded], ...] = (
    Assessment,
    RetestAdvice,
    Faq,
    Dimension,
    SafetyLevel,
    SafetyItem,
    DerivedSafety,
    Question,
    Choice,
    Band,
    Points,
    Profile,
    ProfileFaq,
    Notice,
    Condition,
    ConditionChoice,
    Case,
)


ADVICE = ("if_no_change", "if_few_done", "if_enough_done")

# Lookups from a model to its assessment, if it has no direct foreign key.
ASSESSMENT_LOOKUPS: dict[type[Model], tuple[str, ...]] = {
    Choice: ("question__assessment",),
    Band: ("question__assessment",),
    Points: ("dimension__assessment",),
    ProfileFaq: ("profile__assessment",),
    Condition: tuple(f"{owner}__assessment" for owner in OWNERS),
    ConditionChoice: ("choice__question__assessment",),
}


def deserialize_draft(data: Data) -> Assessment:
    """Create the rows of a new draft. `data` is validated, so every key it refers to exists."""
    draft = Deserializer(data)
    draft.save()
    return draft.assessment


class Deserializer:
    """Builds all rows in memory, then saves them model by model."""

    def __init__(self, data: Data) -> None:
        self.rows: defaultdict[type[Model], list[Any]] = defaultdict(list)
        self.assessment = self.add(Assessment(**_own_fields(data)))
        self.dimensions = {entry["key"]: self.dimension(entry) for entry in data["dimensions"]}
        self.faq = {entry["key"]: self.add_part(Faq, entry) for entry in data.get("faq", ())}
        self.questions = {entry["key"]: self.question(entry) for entry in data["questions"]}
        self.choices = {(row.question.key, row.key): row for row in self.rows[Choice]}
        for entry in data["questions"]:
            self.conditions(entry.get("show_if", ()), shown_question=self.questions[entry["key"]])
        self.safety(data["safety"])
        for entry in data["profiles"]:
            self.rule(entry["rule"], profile=self.profile(entry))
        for entry in data.get("notices", ()):
            fields = {**_without(entry, "rule"), "faq": self.faq.get(entry.get("faq", ""))}
            self.rule(entry["rule"], notice=self.add_part(Notice, fields))
        for entry in data.get("cases", ()):
            self.case(entry)
        self.retest_advice(data.get("retest", {}))

    def retest_advice(self, retest: Data) -> None:
        few, enough = retest.get("if_few_done", {}), retest.get("if_enough_done", {})
        for after, text in retest.get("if_no_change", {}).items():
            by_sessions = {"few_done": few.get(after, ""), "enough_done": enough.get(after, "")}
            self.add_part(RetestAdvice, {"after": after, "text": text, **by_sessions})

    def add(self, row: Row) -> Row:
        self.rows[type(row)].append(row)
        return row

    def add_part(self, model: type[Row], fields: Data) -> Row:
        """Add a part of the assessment at the next position."""
        position = len(self.rows[model]) + 1
        return self.add(model(assessment=self.assessment, position=position, **fields))

    def save(self) -> None:
        for model in SAVED_IN_ORDER:
            model._default_manager.bulk_create(self.rows[model])

    def replace(self, assessment: Assessment) -> None:
        """Replace the rows of a draft. Rows whose key is in both keep their primary key, so plans,
        links, and history stay attached."""
        self.assessment.pk = assessment.pk
        self.assessment.translation_of_id = assessment.translation_of_id
        self.assessment.translated_from = assessment.translated_from
        self.assessment.position = assessment.position
        for model in SAVED_IN_ORDER:
            if issubclass(model, Keyed):
                self._reuse_pks(model, assessment)
        reused = {row.pk for row in self.rows[Profile]}
        for model in reversed(SAVED_IN_ORDER[1:]):
            old = _rows_of(assessment, model)
            (old.exclude(pk__in=reused) if model is Profile else old).delete()
        self.assessment.save(force_update=True)
        for model in SAVED_IN_ORDER[1:]:
            names = [field.name for field in columns(model) if not field.primary_key]
            upsert: Any = {
                "update_conflicts": True,
                "unique_fields": ["pk"],
                "update_fields": names,
            }
            model._default_manager.bulk_create(
                self.rows[model], **(upsert if model is Profile else {})
            )

    def _reuse_pks(self, model: type[Keyed], assessment: Assessment) -> None:
        names = ("question__key", "key") if model is Choice else ("key",)
        pks = {
            tuple(keys): pk for pk, *keys in _rows_of(assessment, model).values_list("pk", *names)
        }
        for row in self.rows[model]:
            keys = (row.question.key, row.key) if model is Choice else (row.key,)
            row.pk = pks.get(keys)

    def dimension(self, data: Data) -> Dimension:
        balance = _prefixed("balance", data.get("balance", {}))
        return self.add_part(Dimension, {**_without(data, "balance"), **balance})

    def profile(self, data: Data) -> Profile:
        picture = data.get("picture", {"svg": "", "alt": ""})
        fields = _without(data, "rule", "faq", "picture")
        fields |= {"picture": picture["svg"], "picture_alt": picture["alt"]}
        profile = self.add_part(Profile, fields)
        for key, answer in data.get("faq", {}).items():
            self.add(ProfileFaq(profile=profile, faq=self.faq[key], answer=answer))
        return profile

    def safety(self, safety: Data) -> None:
        levels = {
            key: self.add(SafetyLevel(assessment=self.assessment, key=key, **fields))
            for key, fields in safety["levels"].items()
        }
        for item in safety["items"]:
            self.add_part(SafetyItem, {**item, "level": levels[item["level"]]})
        for rule in safety["derived"]:
            fields = {**_without(rule, "when"), "level": levels[rule["level"]]}
            self.conditions(rule["when"], derived=self.add_part(DerivedSafety, fields))

    def question(self, data: Data) -> Question:
        fields = _without(data, "show_if", "choices", "bands", "how_to", "drawing")
        drawing = data.get("drawing", {"svg": "", "alt": ""})
        fields |= {"drawing": drawing["svg"], "drawing_alt": drawing["alt"]}
        how_to = _joined(data.get("how_to", ()))
        question = self.add_part(Question, {**fields, "how_to": how_to})
        for position, entry in enumerate(data.get("choices", ()), start=1):
            left, top = entry.get("spot", (None, None))
            fields = {**_without(entry, "points", "spot"), "spot_left": left, "spot_top": top}
            choice = Choice(question=question, position=position, **fields)
            self.points(entry["points"], choice=self.add(choice))
        for entry in data.get("bands", ()):
            band = Band(question=question, lowest=entry["from"], highest=entry["to"])
            self.points(entry["points"], band=self.add(band))
        return question

    def case(self, data: Data) -> Case:
        answers = [[key, answer] for key, answer in data["answers"].items()]
        fields = {**_without(data, "expect"), **data["expect"], "answers": answers}
        return self.add_part(Case, fields)

    def points(self, points: Mapping[str, int | None], **owner: Any) -> None:
        for key, value in points.items():
            self.add(Points(dimension=self.dimensions[key], value=value, **owner))

    def rule(self, rule: Iterable[Iterable[Data]], **owner: Any) -> None:
        for number, alternative in enumerate(rule, start=1):
            if not alternative:
                kind = Condition.Kind.ALWAYS
                self.add(Condition(kind=kind, alternative=number, **owner))
            self.conditions(alternative, alternative=number, **owner)

    def conditions(self, conditions: Iterable[Data], **owner: Any) -> None:
        for data in conditions:
            condition = self.add(Condition(**self.condition_fields(data), **owner))
            for key in dict.fromkeys(data.get("in") or data.get("not_in") or ()):
                choice = self.choices[data["answer"], key]
                self.add(ConditionChoice(condition=condition, choice=choice))

    def condition_fields(self, data: Data) -> dict[str, Any]:
        if "any_score" in data:
            names = dict.fromkeys(data["confidence_in"])
            return {"kind": Condition.Kind.CONFIDENCE, "confidences": " ".join(names)}
        numbers = {name: data.get(name) for name in ("below", "at_least", "at_most")}
        if "score" in data:
            kind = Condition.Kind.UNMEASURED if "unmeasured" in data else Condition.Kind.SCORE
            return {"kind": kind, "dimension": self.dimensions[data["score"]], **numbers}
        choice_kinds = (kind for kind in ("in", "not_in") if kind in data)
        kind = Condition.Kind(next(choice_kinds, "number"))
        return {"kind": kind, "question": self.questions[data["answer"]], **numbers}


def _rows_of(assessment: Assessment, model: type[Model]) -> QuerySet[Any]:
    paths = ASSESSMENT_LOOKUPS.get(model, ("assessment",))
    condition = reduce(or_, (Q(**{path: assessment}) for path in paths))
    return model._default_manager.filter(condition)


def _own_fields(data: Data) -> dict[str, Any]:
    retest = data.get("retest", {})
    plain = (
        "slug", "language", "title", "headline", "benefit", "minutes", "statement", "direction",
        "next_check",
    )  # fmt: skip
    return {
        **{name: data[name] for name in plain if name in data},
        **_prefixed("confidence", data["confidence"]),
        "safety_intro": data["safety"]["intro"],
        "safety_none_label": data["safety"]["none_label"],
        **_prefixed("why", data.get("why", {})),
        **_prefixed("retest", _without(retest, "labels", "full", *ADVICE)),
        **_prefixed("retest", retest.get("labels", {})),
        "retest_full": _joined(retest.get("full", ())),
        **_prefixed("disclaimer", data.get("disclaimers", {})),
    }


def _prefixed(prefix: str, data: Data) -> dict[str, Any]:
    return {f"{prefix}_{name}": value for name, value in data.items()}


def _without(data: Data, *names: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in names}


def _joined(texts: Iterable[str]) -> str:
    """Join entries one per line; a line break within an entry becomes a space."""
    return "\n".join(" ".join(text.split()) for text in texts)
