"""A guide's emails at the desk: the form for their words, and how they arrive, beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.phone import NOT_TYPED, NothingToShowError, PhoneBesideAdmin
from assessments.desk.previews import style_sources
from assessments.desk.widgets import MarksHelpMixin
from guides.admin.emails.preview import MailPreview, guide_pictures
from guides.admin.library import GuideDeskMixin
from guides.content import SERIES_LENGTH, ContentError
from guides.mail.messages import email_samples, sample_texts
from guides.models import EmailText, Guide, SeriesEmail
from guides.publishing import row_mapping
from guides.publishing.sample_emails import guide_typed_compile

NO_FIRST_NAMES = _(
    "Emails can't say a first name: we never ask runners for theirs, so there's none to get wrong "
    "or to keep safe."
)
ABOUT_THE_SERIES = _(
    "Up to six emails during the plan, for runners who check a box for them and then say yes on "
    "the guide's page. The button leads to their guide. Nobody gets more than one email a day. The "
    "series ends with the plan, with their no, or with answers that stop the self-check for "
    "safety. We can't see replies: if someone writes back that it's enough, open their contact and "
    "choose “Stop”. Runners who said yes keep the words of the version that they got; to end it "
    "for everyone, delete all its emails here and publish."
)
UNFINISHED = _("The guide isn't complete yet. The top of its page lists what's missing.")
FORMS = ("emails", "series")
"""The prefixes of the forms that have emails."""
EVERY_MARK: dict[str, Any] = {
    "subject": "-",
    "preview": "-",
    "body": ["[-](https://example.org)", "- -", "1. -"],
    "button": "-",
}


class EmailInline(GuideDeskMixin, MarksHelpMixin, admin.StackedInline):
    model = EmailText
    prose = ("body",)
    on_phone = True
    verbose_name_plural = _("the words of its emails")
    max_num = len(EmailText.Kind.choices)
    fieldsets = (
        (
            None,
            {
                "fields": ("kind", "subject", "other_subjects", "preview", "body", "button"),
                "description": NO_FIRST_NAMES,
            },
        ),
    )

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1


class SeriesFormSet(forms.BaseInlineFormSet):
    """Each email has a day of its own once all are saved. Two may swap their days."""

    def clean(self) -> None:
        super().clean()
        seen: set[int] = set()
        for form in self.forms:
            days = getattr(form, "cleaned_data", {}).get("days")
            if days is None or form in self.deleted_forms:
                continue
            if days in seen:
                form.add_error("days", gettext("Another email of the series has this day already."))
            seen.add(days)


class SeriesInline(GuideDeskMixin, MarksHelpMixin, admin.StackedInline):
    model = SeriesEmail
    on_phone = True
    formset = SeriesFormSet
    prose = ("body",)
    verbose_name_plural = _("the series: emails during the plan")
    extra = 0
    max_num = SERIES_LENGTH
    fieldsets = (
        (
            None,
            {
                "fields": ("days", "subject", "preview", "body", "button"),
                "description": ABOUT_THE_SERIES,
            },
        ),
    )


class EmailsBesideAdmin(PhoneBesideAdmin):
    """Shows a guide's emails on a phone beside their words. Nothing is saved for it."""

    phone_summary = _("See them in an inbox")

    def phone_saved(self, request: HttpRequest, part: Guide) -> str:
        emails = enumerate(part.emails.order_by("pk"))
        series = enumerate(part.series.all())
        return _page(
            request,
            part,
            {f"emails-{at}": row for at, row in emails},
            {f"series-{at}": row for at, row in series},
        )

    def phone_typed(self, request: HttpRequest, part: Guide | None) -> str | None:
        # Sets the title and the language. Faults elsewhere on the page don't matter here.
        words = self.form_typed(request, part)
        words.is_valid()
        guide = words.instance
        formsets = self.get_formsets_with_inlines(request, part)
        kinds = {
            formset.get_default_prefix(): formset
            for formset, inline in formsets
            if getattr(inline, "on_phone", False)
        }
        typed = [self._emails_typed(kinds[prefix], request, guide) for prefix in FORMS]
        if None in typed:
            return None
        if part is None and not any(typed):
            raise NothingToShowError(NOT_TYPED)
        return _page(request, guide, *(rows or {} for rows in typed))

    def _emails_typed(
        self, formset: Any, request: HttpRequest, guide: Guide
    ) -> dict[str, Any] | None:
        """The rows as they're typed, by the part of the form that has them. None if some are
        faulty."""
        prefix = formset.get_default_prefix()
        typed = formset(request.POST, instance=guide, prefix=prefix)
        if not guide.pk:
            data = request.POST.copy()
            for form in typed.forms:
                missing = self.stand_ins(form) if form.has_changed() else {}
                data.update({form.add_prefix(name): text for name, text in missing.items()})
            typed = formset(data, instance=guide, prefix=prefix)
        if not typed.is_valid():
            return None
        kept = [form for form in typed.forms if form.has_changed() or form.instance.pk]
        return {form.prefix: form.instance for form in kept if form not in typed.deleted_forms}

    def phone_styles(self, part: Guide | None) -> list[str]:
        """Those of emails with every mark that may be typed next."""
        part = part or Guide()
        every: dict[str, Any] = dict.fromkeys(EmailText.Kind.values, EVERY_MARK)
        try:
            content = guide_typed_compile(
                guide=part, typed={"emails": every | {"series": [EVERY_MARK | {"days": 1}]}}
            )
        except ContentError:
            return []
        mails = email_samples(content, to="you").values()
        looks = (MailPreview.of(mail, guide_pictures(part)).previews for mail in mails)
        return style_sources(preview.html for previews in looks for preview in previews)


@dataclass(frozen=True, slots=True)
class ShownEmail:
    """An email on the phone. `form` is the part of the form with its words."""

    form: str
    title: str
    subjects: tuple[str, ...]
    mail: MailPreview


def _page(
    request: HttpRequest,
    guide: Guide,
    emails: Mapping[str, EmailText],
    series: Mapping[str, SeriesEmail],
) -> str:
    """The emails with these words, by the part of the form that has them."""
    in_order = sorted(series.items(), key=lambda each: each[1].days)
    typed = {
        "title": guide.title,
        "language": guide.language,
        "emails": row_mapping.emails_data(emails.values(), [row for _, row in in_order]),
    }
    try:
        content = guide_typed_compile(guide=guide, typed=typed)
    except ContentError as error:
        raise NothingToShowError(UNFINISHED) from error
    rows: list[tuple[str, str, EmailText | SeriesEmail]] = [
        *((form, row.kind, row) for form, row in emails.items()),
        *((form, f"series[{at}]", row) for at, (form, row) in enumerate(in_order)),
    ]
    samples, texts = email_samples(content, to="you"), sample_texts(content)
    pictures = guide_pictures(guide)
    mails = [
        ShownEmail(
            form,
            _title(row),
            texts[key].subjects,
            MailPreview.of(samples[key], pictures),
        )
        for form, key, row in rows
    ]
    context = {"mails": mails, "about": guide, "language": guide.language}
    return render_to_string("admin/phone/emails.html", context, request)


def _title(row: EmailText | SeriesEmail) -> str:
    if isinstance(row, SeriesEmail):
        return gettext("The email of day {number}").format(number=row.days)
    return gettext("The email that {what}").format(what=row)
