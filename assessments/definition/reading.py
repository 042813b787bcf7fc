"""From decoded JSON to a definition: one function per shape."""

from typing import Literal, cast

from assessments.definition.faults import DefinitionError, Fault
from assessments.definition.node import (
    LARGEST,
    ROOT,
    Node,
    Refused,
    as_key,
    as_language,
    as_list,
    as_object,
    as_one_of,
    as_points,
    as_text,
    as_true,
    as_whole,
)
from assessments.definition.references import reference_faults
from assessments.definition.shapes import (
    AnswerCondition,
    Balance,
    Band,
    Choice,
    ChoiceCondition,
    Condition,
    Confidence,
    ConfidenceCondition,
    Definition,
    Derived,
    Dimension,
    Disclaimers,
    Drawing,
    Faq,
    Labels,
    Level,
    Notice,
    Points,
    Profile,
    Question,
    Retest,
    Safety,
    SafetyItem,
    ScaleCondition,
    ScoreCondition,
)
from runfit.lib.svg import svg_fault

CONFIDENCES = ("high", "medium", "low", "none")


def parse(data: object) -> Definition:
    """Read an assessment file that json has decoded.

    Raises DefinitionError, and nothing else, with all faults at once.
    """
    try:
        root = Node(as_object(data), ROOT, [])
    except Refused as refused:
        raise DefinitionError([Fault(ROOT, str(refused))]) from None
    definition = _definition(root)
    faults = root.faults
    faults += [fault for fault in reference_faults(definition) if not _explained(fault, faults)]
    if faults:
        raise DefinitionError(faults)
    return definition


def _explained(fault: Fault, earlier: list[Fault]) -> bool:
    """A fault inside a part often breaks the part as a whole: say only the first."""
    return any(known.where.startswith(fault.where) for known in earlier)


def _definition(node: Node) -> Definition:
    return Definition(
        slug=node.key("slug"),
        language=node.value("language", as_language, "en", default="en"),
        title=node.text("title"),
        minutes=node.whole_or_none("minutes"),
        statement=node.text("statement"),
        direction=node.text("direction", default=""),
        dimensions=node.children("dimensions", _dimension),
        confidence=node.child("confidence", _confidence),
        safety=node.child("safety", _safety),
        questions=node.children("questions", _question),
        profiles=node.children("profiles", _profile),
        notices=node.children("notices", _notice, optional=True),
        faq=node.children("faq", _faq, optional=True),
        retest=node.child_or_none("retest", _retest),
        disclaimers=node.child_or_none("disclaimers", _disclaimers),
        absent=node.close(),
    )


def _dimension(node: Node) -> Dimension:
    return Dimension(
        key=node.key(),
        label=node.text("label"),
        plain=node.text("plain"),
        weight=node.whole("weight"),
        balance=node.child_or_none("balance", _balance),
        absent=node.close(),
    )


def _balance(node: Node) -> Balance:
    side = node.one_of("side", "front", "back")
    return Balance(
        side=cast(Literal["front", "back"], side),
        label=node.text("label"),
        absent=node.close(),
    )


def _confidence(node: Node) -> Confidence:
    return Confidence(
        high=node.whole("high", most=100),
        medium=node.whole("medium", most=100),
        low=node.whole("low", most=100),
        absent=node.close(),
    )


def _safety(node: Node) -> Safety:
    return Safety(
        intro=node.text("intro"),
        none_label=node.text("none_label"),
        items=node.children("items", _safety_item),
        derived=node.children("derived", _derived),
        levels=node.named_children("levels", _level),
        absent=node.close(),
    )


def _safety_item(node: Node) -> SafetyItem:
    return SafetyItem(
        key=node.key(),
        level=node.key("level"),
        text=node.text("text"),
        why=node.text("why"),
        absent=node.close(),
    )


def _derived(node: Node) -> Derived:
    return Derived(
        level=node.key("level"),
        when=node.children("when", _answer_condition),
        why=node.text("why"),
        absent=node.close(),
    )


def _level(node: Node) -> Level:
    scores = node.one_of("scores", "hidden", "after_clearance")
    guide = node.one_of("guide", "never", "after_clearance")
    return Level(
        rank=node.whole("rank"),
        scores=cast(Literal["hidden", "after_clearance"], scores),
        guide=cast(Literal["never", "after_clearance"], guide),
        title=node.text("title"),
        body=node.text("body"),
        tell_them=node.text("tell_them", default=""),
        note=node.text("note", default=""),
        absent=node.close(),
    )


def _question(node: Node) -> Question:
    kind = node.one_of("kind", "choice", "scale")
    scale = kind == "scale"
    node.leave(*(("choices",) if scale else ("minimum", "maximum", "bands")))
    return Question(
        key=node.key(),
        kind=cast(Literal["choice", "scale"], kind),
        text=node.text("text"),
        help=node.text("help", default=""),
        show_if=node.children("show_if", _answer_condition, optional=True),
        optional=node.flag("optional", default=False),
        group=node.text("group", default=""),
        compare_on_retest=node.flag("compare_on_retest", default=True),
        minimum=node.whole("minimum", least=-LARGEST) if scale else 0,
        maximum=node.whole("maximum", least=-LARGEST) if scale else 0,
        bands=node.children("bands", _band) if scale else (),
        choices=() if scale else node.children("choices", _choice),
        drawing=node.child_or_none("drawing", _drawing),
        how_to=node.list_of("how_to", as_text, optional=True),
        skip_if=node.text("skip_if", default=""),
        basis=node.text("basis", default=""),
        source=node.text("source", default=""),
        absent=node.close(),
    )


def _choice(node: Node) -> Choice:
    return Choice(
        key=node.key(),
        label=node.text("label"),
        points=_points(node),
        spot=node.value_or_none("spot", _as_spot, (0, 0)),
        absent=node.close(),
    )


def _as_spot(value: object) -> tuple[int, int]:
    numbers = as_list(value)
    if len(numbers) != 2:
        raise Refused("must be two numbers: percent from the left, percent from the top.")
    left, top = (as_whole(number, most=100) for number in numbers)
    return left, top


def as_svg(value: object) -> str:
    text = as_text(value)
    if fault := svg_fault(text):
        raise Refused(fault)
    return text


def _drawing(node: Node) -> Drawing:
    return Drawing(alt=node.text("alt"), svg=node.value("svg", as_svg, ""), absent=node.close())


def _band(node: Node) -> Band:
    return Band(
        from_=node.whole("from", least=-LARGEST),
        to=node.whole("to", least=-LARGEST),
        points=_points(node),
        absent=node.close(),
    )


def _points(node: Node) -> Points:
    return node.mapping_of("points", as_points)


def _profile(node: Node) -> Profile:
    return Profile(
        key=node.key(),
        start_phase=node.whole("start_phase", least=1, most=3),
        rule=node.alternatives("rule", _condition),
        title=node.text("title"),
        summary=node.text("summary"),
        first_step=node.text("first_step"),
        honest_note=node.text("honest_note"),
        see_someone_if=node.text("see_someone_if"),
        faq=node.mapping_or_none("faq", as_text),
        absent=node.close(),
    )


def _notice(node: Node) -> Notice:
    return Notice(
        key=node.key(),
        rule=node.alternatives("rule", _condition),
        text=node.text("text"),
        faq=node.key_or_blank("faq"),
        absent=node.close(),
    )


def _faq(node: Node) -> Faq:
    return Faq(
        key=node.key(),
        question=node.text("question"),
        answer=node.text("answer"),
        absent=node.close(),
    )


def _condition(node: Node) -> Condition:
    if node.has("score"):
        return _score_condition(node)
    if node.has("any_score"):
        return _confidence_condition(node)
    return _answer_condition(node)


def _answer_condition(node: Node) -> AnswerCondition:
    """A condition on an answer: the only kind that can be told before there are scores."""
    if node.has("at_least") or node.has("at_most"):
        return ScaleCondition(
            answer=node.key("answer"),
            at_least=node.whole_or_none("at_least", least=-LARGEST),
            at_most=node.whole_or_none("at_most", least=-LARGEST),
            absent=node.close(),
        )
    if node.has("not_in"):
        node.leave("in")
        keys = node.list_of("not_in", as_key)
        return ChoiceCondition(answer=node.key("answer"), not_in=keys, absent=node.close())
    node.leave("not_in")
    keys = node.list_of("in", as_key)
    return ChoiceCondition(answer=node.key("answer"), in_=keys, absent=node.close())


def _score_condition(node: Node) -> ScoreCondition:
    if node.has("unmeasured"):
        node.leave("below", "at_least")
        node.value("unmeasured", as_true, blank=True)
        return ScoreCondition(score=node.key("score"), unmeasured=True, absent=node.close())
    if not node.has("below") and not node.has("at_least"):
        node.fault(node.where, "needs “below”, “at_least” or “unmeasured”.")
    node.leave("unmeasured")
    return ScoreCondition(
        score=node.key("score"),
        below=node.whole_or_none("below"),
        at_least=node.whole_or_none("at_least"),
        absent=node.close(),
    )


def _confidence_condition(node: Node) -> ConfidenceCondition:
    node.value("any_score", as_true, blank=True)
    return ConfidenceCondition(
        confidence_in=node.list_of("confidence_in", _as_confidence), absent=node.close()
    )


def _as_confidence(value: object) -> str:
    return as_one_of(value, CONFIDENCES)


def _retest(node: Node) -> Retest:
    return Retest(
        weekly=node.text("weekly", default=""),
        full=node.list_of("full", as_text, optional=True),
        earliest_days=node.whole_or_none("earliest_days"),
        compare=node.text("compare", default=""),
        labels=node.child_or_none("labels", _labels),
        always_show=node.text("always_show", default=""),
        if_no_change=node.mapping_or_none("if_no_change", as_text),
        absent=node.close(),
    )


def _labels(node: Node) -> Labels:
    return Labels(
        better=node.text("better", default=""),
        same=node.text("same", default=""),
        worse=node.text("worse", default=""),
        absent=node.close(),
    )


def _disclaimers(node: Node) -> Disclaimers:
    return Disclaimers(
        top=node.text("top", default=""),
        before_exercise=node.text("before_exercise", default=""),
        emergency=node.text("emergency", default=""),
        evidence=node.text("evidence", default=""),
        privacy=node.text("privacy", default=""),
        absent=node.close(),
    )
