"""The checks on a definition."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import chain

from assessments.checker.cases import case_failures, cut
from assessments.checker.contradictions import contradiction
from assessments.checker.findings import Finding, error, not_proven, warning
from assessments.checker.plan import Clause
from assessments.checker.search import Outcomes, example, examples, outcomes
from assessments.definition import Answer, Definition, Rule, ScoreCondition
from runfit.lib.messages import message as _

UNREACHED = _("No way to answer leads to {what}. Change what it asks for, or remove it.")
UNREACHED_FOR_A_REASON = _(
    "No way to answer leads to {what}. {why} Change what it asks for, or remove it."
)


def check(definition: Definition) -> list[Finding]:
    """All findings about a definition: errors first, then in file order."""
    findings = [
        *_levels(definition),
        *_derived(definition),
        *_questions(definition),
        *_results(definition),
        *_cases(definition),
        *_texts(definition),
        *_answers_alike(definition),
    ]
    return sorted(findings, key=lambda finding: finding.severity)


def _levels(definition: Definition) -> Iterator[Finding]:
    safety = definition.safety
    used = {item.level for item in safety.items} | {rule.level for rule in safety.derived}
    for key, level in safety.levels.items():
        where = f"safety.levels.{key}"
        if level.stops and level.guide != "never":
            yield error(
                "guide_at_stop",
                f"{where}.guide",
                _(
                    "“{level}” ends the questions, but still offers a guide. Never offer one here.",
                    level=level.title,
                ),
            )
        if key not in used:
            yield warning(
                "level_unused",
                where,
                _(
                    "Nothing leads to “{level}”. Remove it, or give it a safety item.",
                    level=level.title,
                ),
            )


def _derived(definition: Definition) -> Iterator[Finding]:
    for index, derived in enumerate(definition.safety.derived):
        yield from _reachable(
            outcomes(definition, [derived.when], scored=False),
            "derived_unreachable",
            f"safety.derived[{index}].when",
            _("the safety rule “{name}”", name=derived.why),
            contradiction(definition, derived.when),
        )


def _questions(definition: Definition) -> Iterator[Finding]:
    for index, question in enumerate(definition.questions):
        yield from _reachable(
            outcomes(definition, [question.show_if], scored=False),
            "question_unreachable",
            f"questions[{index}].show_if",
            _("the question “{name}”", name=question.text),
            contradiction(definition, question.show_if),
        )


def _results(definition: Definition) -> Iterator[Finding]:
    reached = outcomes(definition, [()])
    if reached.proven and not reached.held:
        yield error(
            "nobody_scored",
            "safety.derived",
            _(
                "No matter what a runner answers, a safety rule stops them, so no one gets a "
                "result. Make these rules narrower."
            ),
        )
        return
    yield from _dimensions(definition)
    yield from _profiles(definition)
    yield from _notices(definition)


def _dimensions(definition: Definition) -> Iterator[Finding]:
    for index, dimension in enumerate(definition.dimensions):
        measured = ScoreCondition(score=dimension.key, at_least=0)
        yield from _reachable(
            outcomes(definition, [[measured]]),
            "dimension_unfed",
            f"dimensions[{index}]",
            _("a score for “{name}”", name=dimension.label),
        )


def _notices(definition: Definition) -> Iterator[Finding]:
    for index, notice in enumerate(definition.notices):
        where = f"notices[{index}].rule"
        what = _("the extra advice “{name}”", name=cut(notice.text))
        reached = outcomes(definition, notice.rule)
        why = _why_never(definition, notice.rule)
        yield from _reachable(reached, "notice_unreachable", where, what, why)
        yield from _dead_alternatives(definition, notice.rule, where, what)


def _profiles(definition: Definition) -> Iterator[Finding]:
    """Check all rules in one search, because the first profile that fits is the result."""
    rules = [profile.rule for profile in definition.profiles]
    owners = [index for index, rule in enumerate(rules) for _ in rule]
    clauses = list(chain.from_iterable(rules))
    reached = outcomes(definition, clauses)
    combinations = {frozenset(owners[clause] for clause in held) for held in reached.held}
    if frozenset() in combinations:
        yield _no_profile(definition, clauses)
    elif not reached.proven and not any(not clause for clause in clauses):
        yield not_proven("profiles", _("that every way to answer leads to a result type"))
    shadows = _Shadows(definition, clauses, owners, combinations)
    picked = {min(profiles) for profiles in combinations if profiles}
    for index, profile in enumerate(definition.profiles):
        where = f"profiles[{index}].rule"
        what = _("the result type “{name}”", name=profile.title)
        if index in picked:
            yield from _dead_alternatives(definition, profile.rule, where, what)
        elif shadows.earlier(index) and reached.proven:
            yield shadows.finding(index, where)
        else:
            why = _why_never(definition, profile.rule)
            yield _unreached("profile_unreachable", where, what, why, proven=reached.proven)


@dataclass(frozen=True)
class _Shadows:
    """Result types that fit only where an earlier one fits too. `owners` are the result types of
    the clauses, `combinations` those that can fit together."""

    definition: Definition
    clauses: Sequence[Clause]
    owners: Sequence[int]
    combinations: Collection[frozenset[int]]

    def earlier(self, index: int) -> list[int]:
        """The result types that get picked where this one fits."""
        return sorted({min(fitting) for fitting in self.combinations if index in fitting})

    def finding(self, index: int, where: str) -> Finding:
        profiles = self.definition.profiles
        picked = (f"“{profiles[one].title}”" for one in self.earlier(index))
        message = _(
            "Whenever the result type “{name}” fits, {others} fits too and gets picked, because it "
            "comes first. Move “{name}” above, or ask for more in {others}.",
            name=profiles[index].title,
            others=reduce(lambda one, other: _("{one} or {other}", one=one, other=other), picked),
        )
        return _with_example(
            self.definition, "profile_shadowed", where, message, self.answers(index)
        )

    def answers(self, index: int) -> Mapping[str, Answer]:
        """Answers for which a result type fits but isn't picked."""
        fitting = (
            answers
            for held, answers in self.examples.items()
            if any(self.owners[clause] == index for clause in held)
        )
        return next(fitting, {})

    @cached_property
    def examples(self) -> dict[frozenset[int], dict[str, Answer]]:
        return examples(self.definition, self.clauses)


def _dead_alternatives(
    definition: Definition, rule: Rule, where: str, what: str
) -> Iterator[Finding]:
    """Alternatives of a rule whose limits rule each other out, if others can still hold."""
    reasons = [contradiction(definition, alternative) for alternative in rule]
    if all(reasons):
        return
    for index, reason in enumerate(reasons):
        if reason:
            message = _(
                "One of the ways to get {what} never fits. {reason} Change one of these limits, "
                "or remove that way.",
                what=what,
                reason=reason,
            )
            yield warning("alternative_impossible", f"{where}[{index}]", message)


def _why_never(definition: Definition, rule: Rule) -> str:
    """Why no alternative of a rule can hold, if that's plain from the first one alone."""
    reasons = [contradiction(definition, alternative) for alternative in rule]
    return reasons[0] if reasons and all(reasons) else ""


def _no_profile(definition: Definition, clauses: Sequence[Clause]) -> Finding:
    message = _(
        "Some ways to answer lead to no result type. "
        "Add a last one that always fits, or make the rules wider."
    )
    answers = example(definition, clauses, frozenset()) or {}
    return _with_example(definition, "no_profile", "profiles", message, answers)


def _with_example(
    definition: Definition, code: str, where: str, message: str, answers: Mapping[str, Answer]
) -> Finding:
    labeled = tuple(_labeled(definition, answers))
    return error(code, where, message, labeled, tuple(answers.items()))


def _cases(definition: Definition) -> Iterator[Finding]:
    for index, case in enumerate(definition.cases):
        if failures := case_failures(definition, case):
            yield error(
                "case_failed",
                f"cases[{index}]",
                _(
                    "It comes out differently: {failures}.",
                    failures=tuple(failures),
                ),
            )


def _labeled(definition: Definition, answers: Mapping[str, Answer]) -> Iterator[tuple[str, str]]:
    for question in definition.questions:
        if question.key in answers:
            answer = answers[question.key]
            yield question.text, question.answer_label(answer)


def _reachable(
    reached: Outcomes, code: str, where: str, what: str, why: str = ""
) -> Iterator[Finding]:
    if not any(reached.held):
        yield _unreached(code, where, what, why, proven=reached.proven)


def _unreached(code: str, where: str, what: str, why: str = "", *, proven: bool) -> Finding:
    if not proven:
        return not_proven(where, _("that some way to answer leads to {what}", what=what))
    template = UNREACHED_FOR_A_REASON if why else UNREACHED
    return error(code, where, _(template, what=what, why=why))


def _answers_alike(definition: Definition) -> Iterator[Finding]:
    """Answers that runners can't tell from an earlier one of their question."""
    for index, question in enumerate(definition.questions):
        seen: set[str] = set()
        for number, choice in enumerate(question.choices):
            plain = " ".join(choice.label.casefold().split()).rstrip(".")
            if plain and plain in seen:
                yield warning(
                    "answers_alike",
                    f"questions[{index}].choices[{number}]",
                    _(
                        "Two of its answers read the same: “{answer}”. Reword one, or remove it.",
                        answer=choice.label,
                    ),
                )
            seen.add(plain)


def _texts(definition: Definition) -> Iterator[Finding]:
    for where, text in _texts_for_runners(definition):
        if not text.strip():
            yield warning("text_missing", where, _("This is empty, and runners read it."))


def _texts_for_runners(definition: Definition) -> Iterator[tuple[str, str]]:
    yield "title", definition.title
    for index, dimension in enumerate(definition.dimensions):
        yield f"dimensions[{index}].label", dimension.label
    for index, item in enumerate(definition.safety.items):
        yield f"safety.items[{index}].text", item.text
    for key, level in definition.safety.levels.items():
        yield f"safety.levels.{key}.title", level.title
        yield f"safety.levels.{key}.body", level.body
    for index, question in enumerate(definition.questions):
        yield f"questions[{index}].text", question.text
        for number, choice in enumerate(question.choices):
            yield f"questions[{index}].choices[{number}].label", choice.label
    for index, profile in enumerate(definition.profiles):
        yield f"profiles[{index}].title", profile.title
        yield f"profiles[{index}].summary", profile.summary
    for index, notice in enumerate(definition.notices):
        yield f"notices[{index}].text", notice.text
    if definition.why:
        yield "why.title", definition.why.title
        yield "why.text", definition.why.text
        if definition.why.more:
            yield "why.more_title", definition.why.more_title
        if definition.why.more_title:
            yield "why.more", definition.why.more
