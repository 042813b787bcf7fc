"""Forms that ask for an address: for the guide, and for its link again."""

import unicodedata
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Hidden, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guides import consent_words
from guides.addresses import address_to_mail

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Invisible characters turn one address into another's look-alike, or break a header.
MAX_LENGTH = 254
INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})


class AddressForm(forms.Form):
    """An email address, with a field that only a robot fills in."""

    email = forms.EmailField(
        label=_("Your email address"),
        max_length=MAX_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": _("Type your email address, so that we know where to send the guide."),
            "invalid": _(
                "This does not look like an email address. Check it, for example: name@example.org"
            ),
        },
    )
    leave_empty = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    shown: tuple[str, ...] = ("email",)

    def __init__(self, *args: Any, action: str, button: "StrOrPromise", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_action = action
        self.helper.form_id = "guide-form"
        self.helper.layout = Layout(
            *map(Field, self.shown),
            Div("leave_empty", css_class="trap", aria_hidden="true"),
            Submit("send", button),
        )

    def clean_email(self) -> str:
        try:
            return _mailable(str(self.cleaned_data["email"]))
        except ValueError as error:
            message = self.fields["email"].error_messages["invalid"]
            raise ValidationError(message, code="invalid") from error

    @property
    def is_trapped(self) -> bool:
        """Filled in where no person sees a field: a robot."""
        return bool(self.data.get("leave_empty"))


class GuideRequestForm(AddressForm):
    """The guide box of a result. The box for more starts unticked, and is there only while the PT
    has written that email. The words are those of the language that is active when it is made."""

    follow_up = forms.BooleanField(label=_(consent_words.FOLLOW_UP), required=False)
    shown: tuple[str, ...] = ("email", "follow_up")

    def __init__(
        self,
        *args: Any,
        token: str,
        follow_up: bool,
        button: "StrOrPromise",
        **kwargs: Any,
    ) -> None:
        action = reverse("guides:request", args=[token])
        if not follow_up:
            self.shown = ("email",)
        super().__init__(*args, action=action, button=button, **kwargs)
        self.helper.disable_csrf = True  # see guides.views.request_guide
        if not follow_up:
            del self.fields["follow_up"]
        self.words = {"guide": str(button)}
        if follow_up:
            self.words["follow_up"] = str(self.fields["follow_up"].label)
        carried = Hidden("words", consent_words.words_sign(self.words))
        self.helper.layout = Layout(self.helper.layout, carried)

    def words_agreed(self) -> dict[str, str]:
        """What the page showed beside the button, and beside the box where that is ticked."""
        words = consent_words.words_read(self.data.get("words", ""), shown_now=self.words)
        if not self.cleaned_data.get("follow_up"):
            words.pop("follow_up", None)
        return words


def _mailable(typed: str) -> str:
    if any(unicodedata.category(character) in INVISIBLE for character in typed):
        raise ValueError("an invisible character")
    email = address_to_mail(typed)
    if len(email) > MAX_LENGTH:
        raise ValueError("too long")
    return email
