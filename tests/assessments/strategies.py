"""Hypothesis strategies for questionnaires, and for valid and invalid answers to them."""

from itertools import chain, combinations

from hypothesis import strategies as st

from assessments.definition import parse

CONFIDENCES = ["high", "medium", "low", "none"]
LEVELS = {
    "stop": {"rank": 2, "scores": "hidden", "guide": "never", "title": "Stop", "body": "Stop."},
    "ask": {
        "rank": 1,
        "scores": "after_clearance",
        "guide": "after_clearance",
        "title": "Ask",
        "body": "Ask first.",
        "note": "Soon.",
    },
}
texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn"]), max_size=8)


def json_values():
    """Any JSON value, and some values that JSON can't represent."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=8,
    )


def points(dimensions):
    return st.dictionaries(
        st.sampled_from(dimensions), st.none() | st.integers(0, 6), max_size=len(dimensions)
    )


@st.composite
def answer_conditions(draw, questions):
    question = draw(st.sampled_from(questions))
    if question["kind"] != "scale":
        keys = [choice["key"] for choice in question["choices"]]
        chosen = draw(st.lists(st.sampled_from(keys), max_size=3, unique=True))
        return {"answer": question["key"], draw(st.sampled_from(["in", "not_in"])): chosen}
    limits = draw(
        st.fixed_dictionaries({"at_least": st.integers(-1, 6)})
        | st.fixed_dictionaries({"at_most": st.integers(-1, 6)})
        | st.fixed_dictionaries({"at_least": st.integers(0, 4), "at_most": st.integers(0, 6)})
    )
    return {"answer": question["key"], **limits}


def score_conditions(dimensions):
    about = st.sampled_from(dimensions)
    percent = st.integers(0, 101)
    return (
        st.fixed_dictionaries({"score": about, "unmeasured": st.just(value=True)})
        | st.fixed_dictionaries({"score": about, "below": percent})
        | st.fixed_dictionaries({"score": about, "below": percent, "at_least": percent})
        | st.fixed_dictionaries({"score": about, "at_least": percent})
        | st.fixed_dictionaries(
            {
                "any_score": st.just(value=True),
                "confidence_in": st.lists(st.sampled_from(CONFIDENCES), max_size=3, unique=True),
            }
        )
    )


def rules(dimensions, questions):
    conditions = answer_conditions(questions) | score_conditions(dimensions)
    return st.lists(st.lists(conditions, min_size=1, max_size=2), max_size=2)


@st.composite
def bands(draw, dimensions, maximum):
    cuts = sorted(draw(st.sets(st.integers(1, maximum), max_size=2)) | {0})
    ends = [*(cut - 1 for cut in cuts[1:]), maximum]
    return [
        {"from": start, "to": end, "points": draw(points(dimensions))}
        for start, end in zip(cuts, ends, strict=True)
    ]


@st.composite
def choice_lists(draw, some_points):
    return [
        {"key": f"c{index}", "label": draw(texts), "points": draw(some_points)}
        for index in range(draw(st.integers(1, 4)))
    ]


@st.composite
def questions(draw, dimensions, key, earlier):
    question = {"key": key, "text": draw(texts)}
    kind = draw(st.sampled_from(["choice", "several", "scale"]))
    if kind == "choice":
        choices = draw(choice_lists(points(dimensions)))
        question |= {"kind": "choice", "choices": choices}
    elif kind == "several":
        choices = draw(choice_lists(st.just({})))
        alone = st.fixed_dictionaries({}, optional={"alone": st.booleans()})
        question |= {"kind": "several", "choices": [choice | draw(alone) for choice in choices]}
    else:
        maximum = draw(st.integers(1, 5))
        question |= {
            "kind": "scale",
            "minimum": 0,
            "maximum": maximum,
            "bands": draw(bands(dimensions, maximum)),
            **draw(st.fixed_dictionaries({}, optional={"low_label": texts, "high_label": texts})),
        }
    if earlier and draw(st.booleans()):
        question["show_if"] = draw(st.lists(answer_conditions(earlier), max_size=2))
    extras = {"optional": st.booleans(), "compare_on_retest": st.booleans(), "help": texts}
    return question | draw(st.fixed_dictionaries({}, optional=extras))


def safety_items(words):
    return st.fixed_dictionaries({}, optional={"group": words, "note": words})


@st.composite
def cases(draw, asked, profiles, notices):
    """Any answers and expectations, most of which don't come out."""
    answers = {
        question["key"]: st.lists(texts, max_size=2)
        if question["kind"] == "several"
        else texts | st.integers(0, 5)
        for question in asked
    }
    some = st.lists(st.sampled_from(notices or ["gone"]), max_size=2)
    expected = {
        "level": st.sampled_from(["none", *LEVELS]),
        "profile": st.sampled_from(["none", *profiles]),
        "measured": st.lists(st.just("d0"), max_size=1),
        "unmeasured": st.lists(st.just("gone"), max_size=1),
        "notices": some,
        "no_notices": some,
    }
    names = draw(st.lists(st.text("abc", min_size=1, max_size=3), max_size=2, unique=True))
    return [
        {
            "name": name,
            "answers": draw(st.fixed_dictionaries({}, optional=answers)),
            "safety": draw(st.lists(st.sampled_from(["none", "item_stop"]), max_size=1)),
            "expect": draw(st.fixed_dictionaries({}, optional=expected)),
        }
        for name in names
    ]


@st.composite
def definition_data(draw, *, catch_all=False, most_questions=5, with_cases=False):
    dimensions = [f"d{index}" for index in range(draw(st.integers(1, 3)))]
    asked = []
    for index in range(draw(st.integers(1, most_questions))):
        asked.append(draw(questions(dimensions, f"q{index}", asked)))
    derived = st.fixed_dictionaries(
        {
            "level": st.sampled_from(sorted(LEVELS)),
            "when": st.lists(answer_conditions(asked), min_size=1, max_size=2),
            "why": texts,
        },
        optional={"note": texts},
    )
    profile_rules = draw(st.lists(rules(dimensions, asked), min_size=1, max_size=4))
    notice_rules = draw(st.lists(rules(dimensions, asked), max_size=3))
    places = st.fixed_dictionaries(
        {}, optional={"in_why": st.booleans(), "in_guide": st.booleans()}
    )
    profile_keys = [f"p{index}" for index in range(len(profile_rules))]
    notice_keys = [f"n{index}" for index in range(len(notice_rules))]
    high, medium, low = sorted(draw(st.tuples(*[st.integers(0, 100)] * 3)), reverse=True)
    return {
        "slug": "generated",
        "title": draw(texts),
        "statement": draw(texts),
        "dimensions": [
            {"key": key, "label": key, "plain": key, "weight": draw(st.integers(index == 0, 5))}
            for index, key in enumerate(dimensions)
        ],
        "confidence": {"high": high, "medium": medium, "low": low},
        "safety": {
            "intro": "",
            "none_label": "None",
            "items": [
                {"key": f"item_{level}", "level": level, "text": level, "why": level}
                | draw(safety_items(texts))
                for level in LEVELS
            ],
            "derived": draw(st.lists(derived, max_size=2)),
            "levels": LEVELS,
        },
        "questions": asked,
        "profiles": [
            profile(f"p{index}", rule)
            for index, rule in enumerate([*profile_rules, *([[[]]] if catch_all else [])])
        ],
        "notices": [
            {"key": key, "rule": rule, "text": "Note."} | draw(places)
            for key, rule in zip(notice_keys, notice_rules, strict=True)
        ],
        "why": {"title": draw(texts), "text": draw(texts), "more": draw(texts)},
        "headline": draw(texts),
        "cases": draw(cases(asked, profile_keys, notice_keys)) if with_cases else [],
    }


def profile(key, rule):
    words = ["title", "summary", "first_step", "honest_note", "see_someone_if"]
    return {"key": key, "start_phase": 1, "rule": rule} | dict.fromkeys(words, key)


def definitions(**options):
    return definition_data(**options).map(parse)


def options_of(question):
    """Every valid answer to a question."""
    if question.kind == "choice":
        return [choice.key for choice in question.choices]
    if question.kind == "several":
        return every_pick(question)
    return list(range(question.minimum, question.maximum + 1))


def every_pick(question):
    """Every set of choices that can be picked together."""
    keys = [choice.key for choice in question.choices]
    sets = chain.from_iterable(combinations(keys, count) for count in range(1, len(keys) + 1))
    return [picked for picked in sets if question.valid_answer(picked)]


def full_answers(definition):
    """A valid answer to every question, shown or not."""
    return st.fixed_dictionaries(
        {question.key: st.sampled_from(options_of(question)) for question in definition.questions}
    )


def any_answers(definition):
    """Valid, invalid and missing answers, and answers to unknown questions."""
    sorts = {
        question.key: st.sampled_from(options_of(question)) | json_values()
        for question in definition.questions
    }
    odd = st.dictionaries(st.text(max_size=5), json_values(), max_size=2)
    return st.tuples(st.fixed_dictionaries({}, optional=sorts), odd).map(
        lambda pair: pair[1] | pair[0]
    )


def any_safety(definition):
    items = [item.key for item in definition.safety.items]
    known = st.lists(st.sampled_from(["none", *items]), max_size=2)
    return st.just(["none"]) | known | json_values()
