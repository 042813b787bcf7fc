"""The one form of the guide: an address, and a box that starts unticked."""

import unicodedata
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# Invisible characters turn one address into another's look-alike, or break a header.
INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})


class GuideRequestForm(forms.Form):
    email = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": _("Type your email address, so that we know where to send the guide."),
            "invalid": _(
                "This does not look like an email address. Check it, for example: name@example.org"
            ),
        },
    )
    follow_up = forms.BooleanField(
        label=_("Also send me one email in four weeks, to measure again."), required=False
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, token: str, button: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_action = reverse("guides:request", args=[token])
        self.helper.form_id = "guide-form"
        self.helper.layout = Layout(
            Field("email"),
            Field("follow_up"),
            Div("website", css_class="trap", aria_hidden="true"),
            Submit("send", button or _("Send me the guide")),
        )

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if any(unicodedata.category(character) in INVISIBLE for character in email):
            raise ValidationError(self.fields["email"].error_messages["invalid"], code="invalid")
        return email

    @property
    def is_trapped(self) -> bool:
        """Filled in where no person sees a field: a robot."""
        return bool(self.data.get("website"))
