"""What one runner's result says that the guide must repeat or heed."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RunnerAdvice:
    """Empty for previews, and for a result that is gone.

    `answers` are the result's questions and answers ("Can I run?", …), as on the result. `notices`
    are the extra advice that holds for this runner; those `in_why` stand in the why. `skip_for` are
    the safety items checked: exercises that name one of them in their own `skip_for` are left out.
    `checked` maps the same items to their words.
    """

    answers: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
    in_why: tuple[str, ...] = ()
    skip_for: frozenset[str] = frozenset()
    checked: tuple[tuple[str, str], ...] = ()
