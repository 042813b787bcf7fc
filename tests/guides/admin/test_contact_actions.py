"""What the PT can do on the contact page: each once, with words, a permission, and a log entry."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db.models import Value
from django.db.models.functions import Replace
from django.urls import reverse
from django.utils import timezone

from assessments.models import Edition
from guides import selectors
from guides.models import Contact, Delivery, DownloadLink
from guides.states import Kind, State
from runfit.lib import caching

DAYS = timedelta(days=2)


def act(client, contact, action) -> list[str]:
    at = reverse(f"admin:guides_contact_{action}", args=[contact.pk])
    page = client.post(at, follow=True)
    assert page.redirect_chain == [(reverse("admin:guides_contact_change", args=[contact.pk]), 302)]
    return [str(message) for message in page.context["messages"]]


def logged():
    changes = LogEntry.objects.filter(action=LogEntry.Action.UPDATE)
    return [(entry.object_repr, entry.changes_dict) for entry in changes]


@pytest.fixture
def sent(ask, submission) -> Contact:
    """A contact whose guide went out two days ago."""
    earlier = timezone.now() - DAYS
    return ask(
        submission, state=State.SENT, attempts=1, queued_at=earlier, due_at=earlier, sent_at=earlier
    ).contact


def test_send_again_queues_one_email_however_often_it_is_clicked(client, pt, sent):
    client.force_login(pt)

    assert act(client, sent, "send") == ["The guide is on its way to them again."]
    twice = act(client, sent, "send")

    assert twice == ["An email with the guide just went out, or is about to. That's the only one."]
    assert [mail.state for mail in sent.deliveries.all()] == [State.QUEUED, State.SENT]
    assert [link.revoked_at for link in sent.links.all()] == [None, None]
    assert logged() == [(f"contact {sent.pk}", {"emails": ["", "guide sent again"]})]


def test_send_again_does_not_change_whose_answers_they_are(admin_client, sent, ask, submission):
    later = ask(submission, "right@example.org", state=State.SENT, attempts=1).contact
    before = [selectors.contact_personal_data(each) for each in (sent, later)]

    act(admin_client, sent, "send")
    Delivery.objects.update(state=State.SENT, attempts=1)

    assert [selectors.contact_personal_data(each) for each in (sent, later)] == before
    assert before[1].addresses == (sent,)


def test_failed_email_is_tried_again_instead_of_another_one(admin_client, sent):
    Delivery.objects.update(state=State.FAILED, reason="No such mailbox.")

    act(admin_client, sent, "send")

    [mail] = sent.deliveries.all()
    assert (mail.state, mail.reason, mail.link) == (State.QUEUED, "", sent.links.first())


def test_new_link_ends_the_old_ones(client, pt, sent):
    client.force_login(pt)
    old = sent.links.get()

    told = act(client, sent, "new_link")

    assert told == ["A new link is on its way. The old ones don't work anymore."]
    new = sent.links.first()
    old.refresh_from_db()
    assert (new.pk != old.pk, new.revoked_at, old.revoked_at is None) == (True, None, False)
    assert Delivery.objects.filter(state=State.QUEUED).get().link == new
    assert logged() == [(f"contact {sent.pk}", {"emails": ["", "new link sent"]})]


@pytest.mark.parametrize("action", ["send", "new_link"])
@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"state": State.CANCELLED}, "no guide ever went to this address"),
        ({"link": None}, "no guide ever went to this address"),
        ({"state": State.RETRY}, "An email with the guide just went out, or is about to."),
    ],
)
def test_nothing_is_sent_where_nothing_went_or_something_waits(
    admin_client, sent, action, row, told
):
    Delivery.objects.update(**row)

    assert told in act(admin_client, sent, action)[0]

    assert Delivery.objects.count() == 1
    assert DownloadLink.objects.filter(revoked_at=None).count() == 1
    assert logged() == []


def test_the_limit_of_a_day_holds_at_the_desk_too(admin_client, sent):
    for number in range(3):
        Delivery.objects.create(
            contact=sent, link=sent.links.first(), kind=Kind.GUIDE, state=State.SENT,
            dedupe_key=str(number), queued_at=timezone.now() - timedelta(hours=2),
        )  # fmt: skip

    assert "three emails in the last 24 hours" in act(admin_client, sent, "new_link")[0]
    assert DownloadLink.objects.filter(revoked_at=None).count() == 1


def test_the_limit_of_an_hour_holds_at_the_desk_too(admin_client, sent, settings):
    settings.GUIDE_LIMIT_NETWORK_HOUR = 0

    assert "too many guides went out in the last hour" in act(admin_client, sent, "send")[0]


def test_stop_works_once(client, pt, sent):
    client.force_login(pt)

    assert act(client, sent, "stop") == ["They won't get any more emails."]
    assert act(client, sent, "stop") == ["This address doesn't get email already."]
    assert act(client, sent, "send") == ["Nothing was sent: this address doesn't get email."]

    assert selectors.address_suppression(sent.email).reason == "unsubscribed"
    assert logged() == [(f"contact {sent.pk}", {"emails": ["", "stopped"]})]


def test_erase_asks_first(client, pt, sent):
    client.force_login(pt)
    asked = {"action": "erase", "_selected_action": sent.pk}

    page = client.post(reverse("admin:guides_contact_changelist"), asked)

    assert "Yes, erase" in page.content.decode()
    assert Contact.objects.exists()


@pytest.mark.parametrize(
    ("action", "permissions"),
    [
        ("send", ["change_delivery"]),
        ("new_link", ["change_delivery", "change_downloadlink"]),
        ("stop", ["delete_contact"]),
    ],
)
def test_each_action_asks_its_own_permission(client, sent, action, permissions):
    helper = User.objects.create_user("helper", is_staff=True)
    everything = Permission.objects.filter(content_type__app_label="guides")
    helper.user_permissions.set(everything.exclude(codename=permissions[-1]))
    client.force_login(helper)
    at = reverse(f"admin:guides_contact_{action}", args=[sent.pk])

    assert client.post(at).status_code == 403
    assert (
        f'action="{at}"'
        not in client.get(reverse("admin:guides_contact_change", args=[sent.pk])).content.decode()
    )


def test_actions_need_a_token_and_a_post(client, pt, sent):
    client.force_login(pt)
    client.handler.enforce_csrf_checks = True
    at = reverse("admin:guides_contact_stop", args=[sent.pk])

    assert (client.get(at).status_code, client.post(at).status_code) == (302, 403)
    assert not selectors.address_suppressed(sent.email)


def address_link(client, contact):
    return client.post(reverse("admin:guides_contact_address_link", args=[contact.pk]))


def test_link_to_type_another_address_is_for_the_pt_to_pass_on(client, pt, sent):
    client.force_login(pt)

    page = address_link(client, sent).content.decode()

    [path] = re.findall(r"/guide/[^/]+/address/", page.partition("address-words")[2])[:1]
    assert "It works once, until" in page
    assert 'href="mailto:?subject=The%20right%20address' in page
    assert 'name="email"' not in page  # she types no address for a runner
    assert client.get(path).status_code == 200
    assert sent.deliveries.count() == 1
    assert logged() == [
        (f"contact {sent.pk}", {"emails": ["", "link to type another address made"]})
    ]


def test_words_with_a_link_to_type_another_address_are_in_the_runners_language(admin_client, sent):
    Edition.objects.update(
        definition=Replace("definition", Value('"language":"en"'), Value('"language":"es"'))
    )
    caching.clear()

    page = address_link(admin_client, sent).content.decode()

    assert "La dirección correcta para tu guía" in unquote(page)
    assert "Sirve una sola vez" in page
    assert "Change the address" in page


def test_no_link_to_type_another_address_without_answers(admin_client, sent):
    Delivery.objects.update(submission=None)

    response = address_link(admin_client, sent)

    assert response.status_code == 302
    assert logged() == []


def test_link_to_type_another_address_needs_the_right_to_send(client, pt, sent):
    pt.groups.clear()
    pt.user_permissions.set(Permission.objects.filter(codename__in=["view_contact"]))
    client.force_login(pt)

    assert address_link(client, sent).status_code == 403
