"""Test emails: the form for where one goes, and what the PT is told."""

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminEmailInputWidget
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class TestForm(forms.Form):
    to = forms.EmailField(
        label=_("Send a test to"),
        widget=AdminEmailInputWidget,
        help_text=_("Usually your own address."),
    )


def test_sent_message(to: str) -> str:
    if not settings.EMAIL_KEPT_LOCALLY:
        return gettext("The test email was sent to {address}.").format(address=to)
    return format_html(
        gettext(
            "The test email to {address} is ready. This site doesn't send email yet, so it stays "
            'here. <a href="{link}">Read it.</a>'
        ),
        address=to,
        link=reverse("admin:guides_inbox"),
    )
