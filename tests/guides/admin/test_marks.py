"""Marks in a guide's emails and secret, at the desk and on the runner's page."""

import pytest
from django.test import Client
from django.urls import reverse

from guides import signed_links
from guides.models import Delivery, EmailText, GuideEdition
from runfit.lib import caching
from tests.assessments.browser import open_page, post
from tests.guides.factories import EmailTextFactory

PARTIAL = "The link to “www.example.org” needs a whole address, such as https://example.org."


@pytest.fixture
def address(db: None) -> str:
    return reverse("admin:guides_guide_change", args=[EmailTextFactory().guide_id])


def test_help_names_the_marks_beside_the_fields_that_take_them(
    admin_client: Client, address: str
) -> None:
    context = admin_client.get(address).context
    [emails] = [
        inline for inline in context["inline_admin_formsets"] if inline.opts.model is EmailText
    ]

    assert "make them bold" in emails.formset.forms[0].fields["body"].help_text
    assert "make them bold" not in emails.formset.forms[0].fields["subject"].help_text
    fields = context["adminform"].form.fields
    assert "make them bold" in fields["secret_text"].help_text
    assert "make them bold" not in fields["secret_invitation"].help_text
    assert "we never ask runners for theirs" in emails.fieldsets[0][1]["description"]


def test_link_without_a_whole_address_is_refused_beside_its_field(
    admin_client: Client, address: str
) -> None:
    typed = {
        "emails-0-body": "Hi,\n[here](www.example.org)",
        "secret_text": "See [here](www.example.org).",
    }

    response = post(admin_client, address, open_page(admin_client, address), **typed)

    page = response.content.decode()
    assert page.count(PARTIAL) == 2
    assert "See [here](www.example.org)." in page


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "**Soon**\n- [one](https://example.org)",
            '<li><a href="https://example.org">one</a></li>',
        ),
        (
            "A walk.\nThen 2 * 3 hill_runs.\n\nBye",
            "<p>A walk.<br>\nThen 2 * 3 hill_runs.</p>\n<p>Bye",
        ),
    ],
)
def test_secret_page_renders_marks(
    client: Client, delivery: Delivery, text: str, html: str
) -> None:
    edition = delivery.link.edition  # type: ignore[union-attr]
    content = GuideEdition.objects.values_list("content", flat=True).get(pk=edition.pk)
    before = content.partition('"text":"[To fill in')[2].partition('"')[0]
    written = content.replace(f"[To fill in{before}", text.replace("\n", "\\n"))
    GuideEdition.objects.filter(pk=edition.pk).update(content=written)
    caching.clear()

    page = client.get(f"/guide/{signed_links.guide_token(delivery.link)}/secret/")  # type: ignore[arg-type]

    assert html in page.content.decode()
