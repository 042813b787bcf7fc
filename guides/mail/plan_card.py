"""What an email shows of a runner's plan: its name, how much it asks for, what it's for, and the
first move."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guides import selectors
from guides.content import BlockContent, GuideContent
from guides.models import DownloadLink, GuideEdition
from runfit.lib.caching import lru_cached


@dataclass(frozen=True, slots=True)
class PlanCard:
    """`picture` is a file, blank if the exercise has none; `alt` describes it."""

    name: str
    weeks: int
    days: int
    minutes: int
    blocks: tuple[BlockContent, ...]
    move: str
    dose: str
    warm_up: bool
    picture: str
    alt: str

    @property
    def effort(self) -> str:
        """In the active language."""
        weeks = ngettext("%(weeks)s week.", "%(weeks)s weeks.", self.weeks)
        days = ngettext(
            "You start with about %(minutes)s minutes, %(days)s day a week.",
            "You start with about %(minutes)s minutes, %(days)s days a week.",
            self.days,
        )
        values = {"weeks": self.weeks, "minutes": self.minutes, "days": self.days}
        return f"{weeks} {days}" % values

    @property
    def goals(self) -> list[tuple[str, str]]:
        """What the plan is for, in the PT's words; its name doesn't say. Each after its weeks, in
        the active language."""
        return [(_weeks(*block.weeks), block.goal) for block in self.blocks]


def _weeks(first: int, last: int) -> str:
    text = _("Week %(first)s") if first == last else _("Weeks %(first)s to %(last)s")
    return text % {"first": first, "last": last}


def plan_card(content: GuideContent, profile: str) -> PlanCard | None:
    """None if this result type has no plan, or nothing is left of it."""
    plan = content.plan(profile)
    if plan is None:
        return None
    first, move = plan.blocks[0], content.first_move(plan)
    picture = move.exercise.picture
    return PlanCard(
        name=plan.name,
        weeks=plan.weeks,
        days=first.days_per_week,
        minutes=first.minutes,
        blocks=plan.blocks,
        move=move.exercise.name,
        dose=move.dose,
        warm_up=move.warm_up,
        picture=picture.file if picture else "",
        alt=picture.alt if picture else "",
    )


def plan_card_for(link: DownloadLink) -> PlanCard | None:
    """The card of this runner's plan, without what they leave out. None if nobody can tell any
    more what that is."""
    if selectors.plan_unknown(link):
        return None
    checked = link.submission.safety if link.submission else ()
    return _card(link.edition, link.profile, frozenset(checked))


@lru_cached(maxsize=256)
def _card(edition: GuideEdition, profile: str, checked: frozenset[str]) -> PlanCard | None:
    return plan_card(selectors.guide_for_runner(edition, profile, checked), profile)
