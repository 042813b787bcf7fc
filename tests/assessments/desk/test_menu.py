"""The desk's menu: four groups, by what a user may see."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from assessments.desk.menu import MenuGroup, list_title
from assessments.models import Assessment
from assessments.permissions import GROUP

pytestmark = pytest.mark.django_db


@pytest.fixture
def pt_client(client):
    pt = User.objects.create_user("ana", is_staff=True)
    pt.groups.add(Group.objects.get(name=GROUP))
    client.force_login(pt)
    return client


def menu_of(client, address) -> list[MenuGroup]:
    return client.get(address).context["desk_groups"]


def texts(links):
    return [link.text for link in links]


def test_menu_has_four_groups_with_technical_lists_under_more(pt_client):
    groups = menu_of(pt_client, reverse("admin:guides_contact_changelist"))

    assert {group.title: (texts(group.links), texts(group.more)) for group in groups} == {
        "Write": (
            [
                "Self-checks",
                "Guides",
                "Exercises",
                "Plans",
                "Rules for all exercises",
                "News emails",
            ],
            ["Versions of self-checks", "Versions of guides", "What comes with RunFit"],
        ),
        "People": (
            ["Contacts", "Answers", "Emails"],
            ["Who said yes or no", "Guide links", "Addresses never to email"],
        ),
        "Numbers": (["Visits, answers, and guides", "Download answers"], []),
        "Practice": (["Practice", "How long things are kept", "Invite someone", "Webhooks"], []),
    }


def test_lists_of_other_apps_come_last(admin_client):
    *_, practice = menu_of(admin_client, reverse("admin:auth_user_changelist"))

    assert texts(practice.links) == [
        "Practice",
        "Who can sign in",
        "How long things are kept",
        "Invite someone",
        "Webhooks",
    ]
    assert texts(practice.more) == [
        "What each group may do",
        "Who changed what",
        "Is everything working?",
        "Backups",
    ]


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("assessments_submission_numbers", "Visits, answers, and guides"),
        ("assessments_submission_changelist", "Answers"),
        ("guides_plan_add", "Plans"),
    ],
)
def test_menu_marks_where_she_is(admin_client, page, text):
    groups = menu_of(admin_client, reverse(f"admin:{page}"))

    current = [link for group in groups for link in (*group.links, *group.more) if link.current]
    assert texts(current) == [text]
    assert sum(group.current for group in groups) == 1


def test_list_is_titled_as_in_the_menu(admin_client):
    users = admin_client.get(reverse("admin:auth_user_changelist")).content.decode()

    assert "<h1>Who can sign in</h1>" in users
    assert "<title>Who can sign in |" in users
    assert list_title(Assessment) == "Self-checks"
