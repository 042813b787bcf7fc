"""The checks on a definition."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from assessments.checker.cases import case_failures
from assessments.checker.findings import Finding, error, not_proven, warning
from assessments.checker.plan import Clause
from assessments.checker.search import Outcomes, example, outcomes
from assessments.definition import Answer, Definition, ProfileSpec, ScoreCondition


def check(definition: Definition) -> list[Finding]:
    """All findings about a definition: errors first, then in file order."""
    findings = [
        *_levels(definition),
        *_derived(definition),
        *_questions(definition),
        *_results(definition),
        *_cases(definition),
        *_texts(definition),
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
                f"“{level.title}” ends the questions, but still offers a guide. "
                "Never offer one here.",
            )
        if key not in used:
            yield warning(
                "level_unused",
                where,
                f"Nothing leads to “{level.title}”. Remove it, or give it a safety item.",
            )


def _derived(definition: Definition) -> Iterator[Finding]:
    for index, derived in enumerate(definition.safety.derived):
        yield from _reachable(
            outcomes(definition, [derived.when], scored=False),
            "derived_unreachable",
            f"safety.derived[{index}].when",
            f"the safety rule “{derived.why}”",
        )


def _questions(definition: Definition) -> Iterator[Finding]:
    for index, question in enumerate(definition.questions):
        yield from _reachable(
            outcomes(definition, [question.show_if], scored=False),
            "question_unreachable",
            f"questions[{index}].show_if",
            f"the question “{question.text}”",
        )


def _results(definition: Definition) -> Iterator[Finding]:
    reached = outcomes(definition, [()])
    if reached.proven and not reached.held:
        yield error(
            "nobody_scored",
            "safety.derived",
            "No matter what a runner answers, a safety rule stops them, so no one gets a result. "
            "Make these rules narrower.",
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
            f"a score for “{dimension.label}”",
        )


def _notices(definition: Definition) -> Iterator[Finding]:
    for index, notice in enumerate(definition.notices):
        yield from _reachable(
            outcomes(definition, notice.rule),
            "notice_unreachable",
            f"notices[{index}].rule",
            f"the extra advice “{notice.text}”",
        )


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
        yield not_proven("profiles", "that every way to answer leads to a result type")
    picked = {min(profiles) for profiles in combinations if profiles}
    for index, profile in enumerate(definition.profiles):
        fits = any(index in profiles for profiles in combinations)
        if index not in picked:
            yield _unpicked(f"profiles[{index}].rule", profile, fits=fits, proven=reached.proven)


def _unpicked(where: str, profile: ProfileSpec, *, fits: bool, proven: bool) -> Finding:
    what = f"the result type “{profile.title}”"
    if fits and proven:
        return error(
            "profile_shadowed",
            where,
            f"Whenever {what} fits, an earlier one fits too and gets picked. Move it up, or make "
            "the earlier ones narrower.",
        )
    return _unreached("profile_unreachable", where, what, proven=proven)


def _no_profile(definition: Definition, clauses: Sequence[Clause]) -> Finding:
    answers = example(definition, clauses, frozenset()) or {}
    return error(
        "no_profile",
        "profiles",
        "Some ways to answer lead to no result type. "
        "Add a last one that always fits, or make the rules wider.",
        tuple(_labeled(definition, answers)),
    )


def _cases(definition: Definition) -> Iterator[Finding]:
    for index, case in enumerate(definition.cases):
        if failures := case_failures(definition, case):
            yield error(
                "case_failed",
                f"cases[{index}]",
                f"The case “{case.name}” comes out differently: {'; '.join(failures)}.",
            )


def _labeled(definition: Definition, answers: Mapping[str, Answer]) -> Iterator[tuple[str, str]]:
    for question in definition.questions:
        if question.key in answers:
            answer = answers[question.key]
            yield question.text, question.answer_label(answer)


def _reachable(reached: Outcomes, code: str, where: str, what: str) -> Iterator[Finding]:
    if not any(reached.held):
        yield _unreached(code, where, what, proven=reached.proven)


def _unreached(code: str, where: str, what: str, *, proven: bool) -> Finding:
    if not proven:
        return not_proven(where, f"that some way to answer leads to {what}")
    return error(
        code, where, f"No way to answer leads to {what}. Change what it asks for, or remove it."
    )


def _texts(definition: Definition) -> Iterator[Finding]:
    for where, text in _texts_for_runners(definition):
        if not text.strip():
            yield warning("text_missing", where, "This is empty, and runners read it.")


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
