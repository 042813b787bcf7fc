"""What the pages of a link show, so that links that show the same share a page."""

from assessments.selectors import site_shown
from guides import selectors
from guides.content import RunnerAdvice
from guides.models import DownloadLink
from guides.runner.offline.page import saved_words
from guides.runner.training.page import training_name
from guides.runner.training.pain import edition_behind
from guides.runner.training.plans import record_of, runner_today
from guides.selectors import LinkRecall


def own_words(
    link: DownloadLink, token: str, advice: RunnerAdvice, recall: LinkRecall | None
) -> tuple[str, ...]:
    """What stands on the pages of this link alone."""
    return (token, training_name(link), *saved_words(link, token, advice, recall))


def shown_of(
    link: DownloadLink, advice: RunnerAdvice, recall: LinkRecall | None, language: str
) -> object:
    """All else that its pages show: the guide with what the PT may still change about it, the
    runner's result and training, the day, and the site around."""
    edition, answers, behind = link.edition, link.submission, edition_behind(link)
    signature = (edition.reviewed_by, edition.reviewed_on, edition.is_due_again)
    slugs = (edition.guide.slug, edition.guide.assessment.slug)
    found = (advice.answers, advice.notices, advice.in_why, advice.checked, sorted(advice.skip_for))
    return (
        (edition.pk, slugs, signature),
        (link.profile, link.young, recall, selectors.plan_unknown(link), found),
        (answers is None, answers.source if answers else "", behind.pk if behind else None),
        (link.training.record if link.training else None, runner_today(record_of(link))),
        site_shown(language),
    )
