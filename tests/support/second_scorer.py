"""A second scorer, written from the description of the file format alone.

It imports nothing from the project and reads a self-check as plain JSON, so that it can't share a
mistake with the real scorer. It is slow and simple on purpose.
"""

from fractions import Fraction

STOPS = "hidden"


class RefusedError(Exception):
    """The answers can't be scored."""

    def __init__(self, errors):
        self.errors = sorted(errors)
        super().__init__(self.errors)


def half_up(value):
    """A non-negative fraction as a whole number, rounded half up."""
    return int(value + Fraction(1, 2))


def score(data, answers, safety):
    """The result as plain data, like the `expect` of a worked example."""
    levels = data["safety"]["levels"]
    reached = [item["level"] for item in _checked(data, safety)]
    shown, given, errors = _walk(data, answers)
    reached += [
        derived["level"]
        for derived in data["safety"]["derived"]
        if all(_answer_fits(condition, given) for condition in derived["when"])
    ]
    reached.sort(key=lambda name: levels[name]["rank"])
    level = reached[-1] if reached else None
    if level and levels[level]["scores"] == STOPS:
        return {
            "safety_level": level, "profile": None, "start_phase": None, "dimensions": None,
            "total": None, "notices": [], "guide": levels[level]["guide"],
        }  # fmt: skip
    if errors:
        raise RefusedError(errors)
    scores = {
        dimension["key"]: _dimension(data, dimension["key"], shown, given)
        for dimension in data["dimensions"]
    }
    profile = next(
        (each for each in data["profiles"] if _rule_fits(each["rule"], given, scores)),
        {"key": None, "start_phase": None},
    )
    return {
        "safety_level": level,
        "profile": profile["key"],
        "start_phase": profile["start_phase"],
        "dimensions": scores,
        "total": _total(data, scores),
        "notices": [
            notice["key"]
            for notice in data.get("notices", [])
            if _rule_fits(notice["rule"], given, scores)
        ],
        "guide": levels[level]["guide"] if level else "now",
    }


def compare(data, before, after):
    """Two visits, as plain data."""
    visits = [_walk(data, before), _walk(data, after)]
    errors = [f"before:{error}" for error in visits[0][2]]
    errors += [f"after:{error}" for error in visits[1][2]]
    if errors:
        raise RefusedError(errors)
    compared = [
        question["key"]
        for question in data["questions"]
        if question.get("compare_on_retest", True)
        and all(_counts(question, given) for _, given, _ in visits)
    ]
    scores = [
        {
            dimension["key"]: _dimension(data, dimension["key"], shown, given, compared)
            for dimension in data["dimensions"]
        }
        for shown, given, _ in visits
    ]
    old, new = scores
    return {
        "compared_on": compared,
        "dimensions": {key: _change(old[key]["score"], new[key]["score"]) for key in old},
        "total": {"before": _total(data, old), "after": _total(data, new)},
        "moved": [
            _moved(data, key, visits[0][1][key], visits[1][1][key])
            for key in compared
            if visits[0][1][key] != visits[1][1][key]
        ],
    }


def _checked(data, safety):
    if not safety:
        raise RefusedError(["safety:required"])
    keys = set(safety)
    if "none" in keys and keys != {"none"}:
        raise RefusedError(["safety:none_with_others"])
    unknown = keys - {item["key"] for item in data["safety"]["items"]} - {"none"}
    if unknown:
        raise RefusedError(f"safety:unknown:{key}" for key in unknown)
    return [item for item in data["safety"]["items"] if item["key"] in keys]


def _walk(data, answers):
    """The shown questions, the valid answers by key, and the errors."""
    shown, given = [], {}
    known = {question["key"] for question in data["questions"]}
    errors = [f"{key}:unknown" for key in answers if key not in known]
    for question in data["questions"]:
        if not all(_answer_fits(condition, given) for condition in question.get("show_if", [])):
            continue
        shown.append(question)
        answer = answers.get(question["key"])
        if answer is None or answer == "" or (question["kind"] == "several" and answer in ([], ())):
            if not question.get("optional"):
                errors.append(f"{question['key']}:required")
        elif _valid(question, answer):
            given[question["key"]] = _kept(question, answer)
        else:
            errors.append(f"{question['key']}:invalid")
    return shown, given, errors


def _valid(question, answer):
    if question["kind"] == "scale":
        return type(answer) is int and question["minimum"] <= answer <= question["maximum"]
    keys = [choice["key"] for choice in question["choices"]]
    if question["kind"] == "choice":
        return isinstance(answer, str) and answer in keys
    if not isinstance(answer, (list, tuple)):
        return False
    if not all(isinstance(key, str) and key in keys for key in answer):
        return False
    alone = {choice["key"] for choice in question["choices"] if choice.get("alone")}
    return len(set(answer)) == 1 or not alone & set(answer)


def _kept(question, answer):
    if question["kind"] != "several":
        return answer
    return [choice["key"] for choice in question["choices"] if choice["key"] in answer]


def _points(question, answer):
    """What the chosen option gives, by dimension."""
    if question["kind"] == "several":
        return {}
    if question["kind"] == "scale":
        [band] = [band for band in question["bands"] if band["from"] <= answer <= band["to"]]
        return band["points"]
    [choice] = [choice for choice in question["choices"] if choice["key"] == answer]
    return choice["points"]


def _largest(question, dimension):
    """The most points that an answer gives; None if none gives any."""
    options = question.get("choices") or question.get("bands") or []
    points = [option.get("points", {}).get(dimension) for option in options]
    return max((each for each in points if each is not None), default=None)


def _counts(question, given):
    if question["key"] not in given:
        return False
    points = _points(question, given[question["key"]])
    return any(each is not None for each in points.values())


def _dimension(data, dimension, shown, given, only=None):
    need = top = possible = 0
    for question in shown:
        largest = _largest(question, dimension)
        if largest is None:
            continue
        possible += largest
        if question["key"] in given and (only is None or question["key"] in only):
            points = _points(question, given[question["key"]]).get(dimension)
            if points is not None:
                need += points
                top += largest
    coverage = half_up(Fraction(100 * top, possible)) if possible else 0
    confidence = "none"
    for name in ("low", "medium", "high"):
        if coverage >= data["confidence"][name]:
            confidence = name
    measured = confidence != "none" and top > 0
    return {
        "score": half_up(Fraction(100 * (top - need), top)) if measured else None,
        "confidence": confidence,
    }


def _total(data, scores):
    weights = {dimension["key"]: dimension["weight"] for dimension in data["dimensions"]}
    if any(scores[key]["score"] is None for key in weights):
        return None
    weighted = sum(weight * scores[key]["score"] for key, weight in weights.items())
    return half_up(Fraction(weighted, sum(weights.values())))


def _rule_fits(rule, given, scores):
    return any(
        all(_fits(condition, given, scores) for condition in alternative) for alternative in rule
    )


def _fits(condition, given, scores):
    if "answer" in condition:
        return _answer_fits(condition, given)
    if "any_score" in condition:
        return any(each["confidence"] in condition["confidence_in"] for each in scores.values())
    value = scores[condition["score"]]["score"]
    if condition.get("unmeasured"):
        return value is None
    if value is None:
        return False
    return value >= condition.get("at_least", value) and (
        "below" not in condition or value < condition["below"]
    )


def _answer_fits(condition, given):
    if condition["answer"] not in given:
        return False
    answer = given[condition["answer"]]
    picked = set(answer) if isinstance(answer, list) else {answer}
    if "in" in condition:
        return bool(picked & set(condition["in"]))
    if "not_in" in condition:
        return not picked & set(condition["not_in"])
    return condition.get("at_least", answer) <= answer <= condition.get("at_most", answer)


def _change(before, after):
    if before is None or after is None:
        label = "not_comparable"
    elif after - before >= 10:
        label = "better"
    elif before - after >= 10:
        label = "worse"
    else:
        label = "same"
    return {"before": before, "after": after, "label": label}


def _moved(data, key, old, new):
    [question] = [question for question in data["questions"] if question["key"] == key]
    before, after = (
        sum(points for points in _points(question, answer).values() if points is not None)
        for answer in (old, new)
    )
    direction = "better" if after < before else "worse" if after > before else "changed"
    return {"question": key, "from": old, "to": new, "direction": direction}
