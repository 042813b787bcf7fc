"""The way from a guide that was wrong to the one that's right."""

import pytest

from guides import selectors, signed_links
from guides.guide_requests.links import link_renew
from guides.guide_requests.services import guide_send_again
from guides.models import Contact, Delivery, DownloadLink, GuideEdition
from guides.recalls.services import guide_edition_recall, link_to_current
from guides.states import State
from runfit.lib import caching

pytestmark = pytest.mark.django_db
REASON = "The bridge is drawn upside down."


def newer(edition):
    """The same guide again, as a version of its own."""
    content = GuideEdition.objects.values_list("content", flat=True).get(pk=edition.pk)
    return GuideEdition.objects.create(
        guide=edition.guide, number=edition.number + 1, content=content, sha256="0" * 64
    )


def marked(edition):
    guide_edition_recall(edition=edition, reason=REASON)
    caching.clear()


def opened(link):
    return signed_links.guide_link(signed_links.guide_token(link))


def test_link_leads_to_todays_version_and_stays_as_it_is(delivery, guide_edition):
    now = newer(guide_edition)
    marked(guide_edition)

    link = link_to_current(link=opened(delivery.link))

    assert (link.edition, link.profile) == (now, delivery.link.profile)
    assert link_to_current(link=opened(delivery.link)) == link
    assert DownloadLink.objects.count() == 2
    assert opened(delivery.link).edition == guide_edition


@pytest.mark.parametrize("later", ["none", "wrong too"])
def test_without_a_right_version_the_link_stays(delivery, guide_edition, later):
    if later == "wrong too":
        marked(newer(guide_edition))
    marked(guide_edition)

    link = opened(delivery.link)

    assert link_to_current(link=link) == link


def test_nobody_who_was_erased_meanwhile_gets_a_link(delivery, guide_edition):
    newer(guide_edition)
    marked(guide_edition)
    link = opened(delivery.link)
    Contact.objects.all().delete()

    assert link_to_current(link=link) == link
    assert not DownloadLink.objects.exists()


def test_nobody_new_gets_a_guide_that_is_wrong(submission, guide_edition):
    marked(guide_edition)
    assert selectors.guide_for(submission) is None

    newer(guide_edition)
    caching.clear()
    assert selectors.guide_for(submission).number == guide_edition.number + 1


def test_fresh_link_and_sending_again_hand_out_todays_version(ask, submission, guide_edition):
    link = ask(submission, state=State.SENT).link
    Delivery.objects.update(queued_at="2026-01-01T00:00Z")
    now = newer(guide_edition)
    marked(guide_edition)

    assert link_renew(link=opened(link), network="203.0.113.9")
    assert DownloadLink.objects.latest("pk").edition == now

    Delivery.objects.update(state=State.SENT, queued_at="2026-01-01T00:00Z")
    guide_send_again(submission=submission, network="203.0.113.9")
    assert DownloadLink.objects.latest("pk").edition == now
