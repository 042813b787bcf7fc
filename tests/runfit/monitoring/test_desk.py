import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from assessments.permissions import GROUP

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(admin_client):
    return lambda **fields: (
        admin_client.post(reverse("doctor"), fields, follow=True)
        if fields
        else admin_client.get(reverse("doctor"))
    )


def test_superusers_see_what_is_wrong_first(page):
    text = page().text

    assert "To fix: deliver" in text
    assert text.index("To fix: deliver") < text.index("Good: Tables")


def test_it_is_under_more_of_practice(page):
    (practice,) = (group for group in page().context["desk_groups"] if group.title == "Practice")

    assert [link.text for link in practice.more if link.current] == ["Is everything working?"]


def test_others_neither_see_it_nor_its_link(client):
    pt = User.objects.create_user("ana", is_staff=True)
    pt.groups.add(Group.objects.get_or_create(name=GROUP)[0])
    client.force_login(pt)

    assert client.get(reverse("doctor")).status_code == 403
    assert "doctor" not in client.get(reverse("admin:index")).text


def test_a_test_email_goes_out(page, mailoutbox, settings):
    settings.EMAIL_KEPT_LOCALLY = False

    answer = page(to="me@example.org")

    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["me@example.org"], "A test email")
    ]
    assert "The test email was sent to me@example.org." in answer.text


def test_a_test_email_that_is_refused_says_why(page, settings):
    settings.EMAIL_BACKEND = "guides.mail.connection.SmtpBackend"
    settings.EMAIL_PORT = 1

    answer = page(to="me@example.org")

    assert "The test email wasn&#x27;t sent. We couldn&#x27;t reach the mail server." in answer.text


def test_a_wrong_address_stays_in_the_form(page):
    answer = page(to="me at example")

    assert 'value="me at example"' in answer.text
    assert "Enter a valid email address." in answer.text
