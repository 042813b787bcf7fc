"""Forms of accounts: codes, addresses, and invitations."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm, UsernameField
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from runfit.accounts.models import Role


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )

    def refuse(self, message: Any) -> None:
        self.add_error("code", message)


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("Your email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("Their email"), max_length=254)
    role = forms.ChoiceField(
        label=_("What they may do"), choices=Role, widget=forms.RadioSelect, initial=Role.READS
    )


class AcceptForm(BaseUserCreationForm):
    """A name and a password of one's own."""

    class Meta:
        model = User
        fields = ("username",)
        field_classes: ClassVar[Any] = {"username": UsernameField}
        labels: ClassVar[Any] = {"username": _("Your name for signing in")}
        help_texts: ClassVar[Any] = {"username": ""}

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.email = email  # a password mustn't look like it
