"""Forms that ask for an email address: to request the guide, or its link again."""

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Hidden, Layout, Submit
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from guides.consents import wording
from guides.email_addresses import address_to_mail
from guides.email_typos import address_clean, address_suggestion

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_LENGTH = 254
# Invisible characters make look-alike addresses, or break a header.
INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})


INVALID = _("That doesn't look like an email address. It should look like this: name@example.org")
ACCENTS = _("We can only send to addresses with plain letters before the @. Please check yours.")
TRAPPED = _(
    "Something, maybe your browser, filled in a hidden field. Nothing is lost. Check your address "
    "and send it again."
)
TOO_MANY = _(
    "We got too many requests in a short time, so we didn't send this one. Your email is still "
    "here. Try again in %(minutes)s min, or turn off Wi-Fi and try with your phone's own data."
)
OFFLINE = _(
    "You're offline. Your address is safe. Keep this page open, and we'll send it as soon as "
    "you're back online."
)
AWAY = _("We can't reach the site right now. Your address is safe, and we'll keep trying.")
PERSON = "guides.person"
PERSON_FOR = 24 * 3600  # seconds
NO_AUTOFILL = {
    "autocomplete": "off",
    "tabindex": "-1",
    "data-1p-ignore": "",
    "data-bwignore": "",
    "data-lpignore": "true",
    "data-form-type": "other",
}


class AddressField(forms.EmailField):
    """An email field that strips what surrounds a pasted or dictated address."""

    def to_python(self, value: Any) -> str:
        return address_clean(super().to_python(value) or "")

    def run_validators(self, value: str) -> None:
        if not value.rpartition("@")[0].isascii():
            raise ValidationError(ACCENTS, code="accents")
        super().run_validators(value)


class AddressForm(forms.Form):
    """An email address, with a honeypot field and a suggestion for typos."""

    email = AddressField(
        label=_("Your email address"),
        max_length=MAX_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": _("Enter your email so we know where to send it."),
            "invalid": INVALID,
            "max_length": INVALID,
            "null_characters_not_allowed": INVALID,
        },
    )
    leave_empty = forms.CharField(
        label=_("Leave this empty"), required=False, widget=forms.TextInput(attrs=NO_AUTOFILL)
    )
    offline, away = OFFLINE, AWAY
    shown: tuple[str, ...] = ("email",)
    carried: tuple[str, ...] = ()
    suggestion = ""
    """The suggested address if the typed one looks like a typo."""
    person = ""
    """A signed token: the form was returned once because the honeypot was filled in."""
    as_typed = ""
    """The typed address, if it looks like a typo but is valid."""

    def __init__(self, *args: Any, action: str, button: "StrOrPromise", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_action = action
        self.helper.form_id = "guide-form"
        self.trap = Div("leave_empty", css_class="trap", aria_hidden="true")
        self.layout = Layout(*map(Field, self.shown), self.trap, Submit("send", button))
        self.helper.layout = self.layout

    def clean_email(self) -> str:
        try:
            return _mailable(str(self.cleaned_data["email"]))
        except ValueError as error:
            raise ValidationError(INVALID, code="invalid") from error

    def clean(self) -> None:
        if _is_person(self.data.get("person", "")):
            self._pass_honeypot(self.data["person"])
        elif self.data.get("leave_empty"):
            self._pass_honeypot(signing.dumps("", salt=PERSON))
            self.add_error(None, TRAPPED)
        typed = address_clean(self.data.get("email", ""))
        if self.data.get("meant") != typed:
            self._suggest_correction(typed)

    def carry(self) -> Iterator[tuple[str, str]]:
        """The hidden fields of a button that submits another address."""
        names = {*self.carried, *self.shown} - {"email"}
        yield from ((name, self.data[name]) for name in sorted(names) if self.data.get(name))
        if self.person:
            yield "person", self.person

    def _suggest_correction(self, typed: str) -> None:
        suggestion = address_suggestion(typed)
        if suggestion == typed or not _is_mailable(suggestion):
            return
        self.suggestion = suggestion
        self.as_typed = "" if self.has_error("email") else typed
        self.errors.pop("email", None)
        self.add_error("email", _("Did you mean %(address)s?") % {"address": suggestion})
        self.layout.insert(1, HTML('{% include "guides/suggestion.html" %}'))  # below the address
        self.layout.append(Hidden("meant", typed))
        # The field asks, so the error summary would repeat it.
        self.helper.form_show_errors = bool(self.non_field_errors())

    def _pass_honeypot(self, person: str) -> None:
        """Replaces the honeypot with a signed token that lets the resubmitted form pass.

        Browsers and password managers fill in hidden fields too, and would fill it in again. A bot
        that reads the response passes as well, but is rate limited."""
        self.person = person
        self.trap.fields = [Hidden("person", person)]


class GuideRequestForm(AddressForm):
    """Requests the guide from a result page. The checkboxes for the follow-up and for the `series`
    of so many emails start unchecked, and exist only if the PT wrote those emails. Labels are in
    the language active when it's created."""

    follow_up = forms.BooleanField(label=_(wording.FOLLOW_UP), required=False)
    series = forms.BooleanField(required=False)
    carried: tuple[str, ...] = ("words",)

    def __init__(
        self,
        *args: Any,
        follow_up: bool,
        series: int,
        button: "StrOrPromise",
        **kwargs: Any,
    ) -> None:
        boxes = {"follow_up": follow_up, "series": bool(series)}
        self.shown = ("email", *(name for name, is_offered in boxes.items() if is_offered))
        super().__init__(*args, button=button, **kwargs)
        self.helper.disable_csrf = True  # see request_guide
        self.helper.attrs = {"data-offline": OFFLINE, "data-away": AWAY}
        self.fields["series"].label = wording.series_wording(series)
        self.words = {"guide": str(button)}
        for name, is_offered in boxes.items():
            if is_offered:
                self.words[name] = str(self.fields[name].label)
            else:
                del self.fields[name]
        carried = Hidden("words", wording.words_sign(self.words))
        self.layout.append(carried)

    def words_agreed(self) -> dict[str, str]:
        """The consent wording that the page showed: the button's, and the checkbox's if checked."""
        words = wording.words_read(self.data.get("words", ""), shown_now=self.words)
        return {
            purpose: text
            for purpose, text in words.items()
            if purpose not in self.fields or self.cleaned_data.get(purpose)
        }


def _mailable(typed: str) -> str:
    if any(unicodedata.category(character) in INVISIBLE for character in typed):
        raise ValueError("an invisible character")
    email = address_to_mail(typed)
    if len(email) > MAX_LENGTH:
        raise ValueError("too long")
    return email


def _is_mailable(address: str) -> bool:
    try:
        validate_email(address)
        _mailable(address)
    except (ValidationError, ValueError):
        return False
    return True


def _is_person(token: str) -> bool:
    """Whether the resubmitted form's token is valid."""
    try:
        signing.loads(token, salt=PERSON, max_age=PERSON_FOR)
    except signing.BadSignature:
        return False
    return True
