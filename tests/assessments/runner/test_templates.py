"""The crispy-forms template pack, and the error pages."""

import re
from pathlib import Path

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Hidden, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.conf import settings
from django.template.loader import render_to_string

TEMPLATES = Path(settings.BASE_DIR) / "templates"
ERRORS = sorted(path.stem for path in (TEMPLATES / "errors").glob("*.html"))
EXCLUDED = {"500", "again", "alone", "bare", "busy", "page", "refused"}
"""Partial templates, and pages that don't extend the base template."""


class ShortForm(forms.Form):
    email = forms.EmailField(label="Your <email>", help_text="We keep it safe.")
    news = forms.BooleanField(label="Send news", required=False)
    trap = forms.CharField(label="Leave this empty", required=False)
    hidden = forms.CharField(widget=forms.HiddenInput, initial="kept")

    def __init__(self, *args, layout=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_action = "/somewhere/"
        self.helper.layout = layout


def test_form_has_its_tag_csrf_token_and_button():
    layout = Layout(
        "email",
        "news",
        Div("trap", css_class="trap", aria_hidden="true"),
        Hidden("again", "1"),
        Submit("send", "Send it"),
    )

    html = render_crispy_form(ShortForm(layout=layout), context={"csrf_token": "the-token"})

    assert '<form method="post" target="_self" action="/somewhere/" novalidate>' in html
    assert '<input type="hidden" name="csrfmiddlewaretoken" value="the-token">' in html
    assert '<div class="trap" aria-hidden="true">' in html
    assert '<input type="hidden" name="again" value="1">' in html
    assert '<input type="submit" name="send" value="Send it" class="btn btn-primary">' in html


def test_form_without_a_layout_shows_all_fields_and_inputs():
    form = ShortForm()
    form.helper.add_input(Submit("send", "Send it"))

    html = render_crispy_form(form)

    assert [name for name in form.fields if f'name="{name}"' in html] == list(form.fields)
    assert 'value="Send it"' in html
    assert "csrfmiddlewaretoken" not in html


def test_labels_and_help_texts_are_linked_to_their_field():
    html = render_crispy_form(ShortForm(layout=Layout("email", "news")))

    assert '<label for="id_email">Your &lt;email&gt;</label>' in html
    assert '<p class="help" id="id_email_helptext">We keep it safe.</p>' in html
    assert re.search(r'<input type="email"[^>]*aria-describedby="id_email_helptext"', html)
    assert re.search(r'<label class="option"><input type="checkbox"[^>]*> <span>Send news', html)


def test_errors_are_in_the_summary_and_linked_to_their_field():
    html = render_crispy_form(ShortForm({"email": "x"}, layout=Layout("email")))

    assert '<li><a target="_self" href="#id_email">Enter a valid email address.</a></li>' in html
    assert '<p class="error" id="id_email_error">Enter a valid email address. </p>' in html
    assert re.search(r'aria-invalid="true"[^>]*aria-describedby="[^"]*id_email_error"', html)


def test_fieldset_has_a_legend():
    html = render_crispy_form(ShortForm(layout=Layout(Fieldset("Where to", "email"))))

    assert '<fieldset class="group">\n<legend>Where to</legend>' in html


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in ERRORS if name not in EXCLUDED])
def test_error_page_has_a_title_an_explanation_and_a_link(rf, name):
    context = {"minutes": 5, "advice": "Wait five minutes."}
    html = render_to_string(f"errors/{name}.html", context, request=rf.get("/"))

    assert re.search(r"<title>\w[^<]* · RunFit</title>", html)
    assert re.search(r'<h1>\w[^<]*</h1>\n<p class="lead">\w[^<]*</p>\n<p>\w[^<]*</p>', html)
    assert '<a class="btn" href="/">' in html


def test_500_page_needs_no_context():
    """It needs no request, no practice, and no database."""
    html = render_to_string("errors/500.html")

    assert "<h1>Something went wrong</h1>" in html
    assert '<a class="btn" href="/">' in html
