"""A guide's emails at the desk: the form for their words, and how they arrive, beside it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from assessments.desk.phone import NothingToShowError, PhoneBesideAdmin
from assessments.desk.previews import style_sources
from assessments.desk.widgets import MarksHelpMixin
from guides.admin.emails.preview import MailPreview
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
EVERY_MARK = {
    "subject": "-",
    "preview": "-",
    "body": ["[-](https://example.org)", "- -", "1. -"],
    "button": "-",
}


class EmailInline(GuideDeskMixin, MarksHelpMixin, admin.StackedInline):
    model = EmailText
    prose = ("body",)
    template = "admin/guides/guide/emails.html"
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


class SeriesInline(GuideDeskMixin, MarksHelpMixin, admin.StackedInline):
    model = SeriesEmail
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
        rows = part.emails.order_by("pk")
        return _page(request, part, {f"emails-{at}": row for at, row in enumerate(rows)})

    def phone_typed(self, request: HttpRequest, part: Guide) -> str | None:
        formsets = self.get_formsets_with_inlines(request, part)
        [words] = [formset for formset, inline in formsets if isinstance(inline, EmailInline)]
        typed = words(request.POST, instance=part, prefix=words.get_default_prefix())
        if not typed.is_valid():
            return None
        # Sets the title and the language, too. Faults elsewhere on the page don't matter here.
        self.get_form(request, part, change=True)(request.POST, instance=part).is_valid()
        kept = [form for form in typed.forms if form.has_changed() or form.instance.pk]
        rows = {form.prefix: form.instance for form in kept if form not in typed.deleted_forms}
        return _page(request, part, rows)

    def phone_styles(self, part: Guide) -> list[str]:
        """Those of emails with every mark that may be typed next."""
        every = dict.fromkeys(EmailText.Kind.values, EVERY_MARK)
        try:
            content = guide_typed_compile(guide=part, typed={"emails": every})
        except ContentError:
            return []
        mails = [MailPreview.of(mail, part) for mail in email_samples(content, to="you").values()]
        return style_sources(preview.html for mail in mails for preview in mail.previews)


def _page(request: HttpRequest, guide: Guide, rows: Mapping[str, EmailText]) -> str:
    """The emails with these words, by the part of the form that has them."""
    typed = {
        "title": guide.title,
        "language": guide.language,
        "emails": row_mapping.emails_data(rows.values()),
    }
    try:
        content = guide_typed_compile(guide=guide, typed=typed)
    except ContentError as error:
        raise NothingToShowError(UNFINISHED) from error
    samples, texts = email_samples(content, to="you"), sample_texts(content)
    mails = [
        (form, row, texts[row.kind].subjects, MailPreview.of(samples[row.kind], guide))
        for form, row in rows.items()
    ]
    return render_to_string("admin/phone/emails.html", {"mails": mails, "guide": guide}, request)
