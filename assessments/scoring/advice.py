"""What a result says in words: answers to what runners often ask, and extra advice."""

from assessments.definition import Definition, FaqSpec, NoticeSpec, ProfileSpec
from assessments.scoring.results import Result
from runfit.lib.json_format.foreign_texts import joined


def result_answers(definition: Definition, result: Result) -> tuple[tuple[str, str], ...]:
    """The questions that runners often ask, with the answers for this result."""
    profile = definition.profile(result.profile or "")
    notices = result_notices(definition, result)
    return tuple((entry.question, _answer(entry, profile, notices)) for entry in definition.faq)


def result_notices(definition: Definition, result: Result) -> tuple[NoticeSpec, ...]:
    """The extra advice that applies, whether it's shown alone or with an answer."""
    return tuple(definition.notice(key) for key in result.notices)


def _answer(faq: FaqSpec, profile: ProfileSpec, notices: tuple[NoticeSpec, ...]) -> str:
    """The profile's own answer, or the default one, and all extra advice on it. Advice adds to an
    answer and never replaces it, so that no limit is lost."""
    own = (profile.faq or {}).get(faq.key) or faq.answer
    return joined("\n\n", [own, *(notice.text for notice in notices if notice.faq == faq.key)])
