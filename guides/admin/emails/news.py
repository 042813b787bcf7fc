"""News emails at the desk: their words, how they arrive, and who they're for."""

from hashlib import sha256
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import connection
from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import get_language_info, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.large_lists import moment
from assessments.desk.links import address_of
from assessments.desk.menu import WRITE, MenuPlace
from assessments.desk.phone import PhoneBesideAdmin
from assessments.desk.previews import style_sources
from assessments.desk.widgets import MarksHelpMixin
from guides import selectors
from guides.admin.emails.form import EVERY_MARK, ShownEmail
from guides.admin.emails.news_sending import NewsSendingAdmin, news_preview
from guides.admin.library import GuideDeskMixin
from guides.models import Delivery, Guide, NewsEmail
from guides.models.news import GOING_OUT
from guides.states import OPEN

CONFIRMED = _("This email was sent, so its words can't be changed anymore.")
STATES = {
    "draft": _("Draft"),
    "going": _("On its way"),
    "stopped": _("Stopped"),
    "sent": _("Sent"),
}


def fingerprint(wording: str) -> str:
    """Stands for a wording in the form: browsers change line breaks in values."""
    return sha256(wording.encode()).hexdigest()[:16]


class WordingsField(forms.MultipleChoiceField):
    """Picks wordings that people said yes to. Each shows how many did."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, stored: list[str]) -> None:
        counts = dict(selectors.news_wordings())
        self.wordings = {
            fingerprint(wording): wording for wording in dict.fromkeys([*counts, *stored])
        }
        self.choices = [
            (key, _choice(wording, counts.get(wording, 0)))
            for key, wording in self.wordings.items()
        ]

    def clean(self, value: Any) -> list[str]:
        return [self.wordings[key] for key in super().clean(value)]


def _choice(wording: str, people: int) -> str:
    said = ngettext("{number} person", "{number} people", people).format(number=f"{people:,}")
    return format_html("<strong>{}:</strong> “{}”", said, " / ".join(wording.splitlines()))


class NewsEmailForm(forms.ModelForm):
    wordings = WordingsField(
        label=_("Who gets it"),
        required=False,
        help_text=_(
            "Everyone who said yes to the words you check. A yes allows one email about what its "
            "words say, so check only those that this email keeps the promise of."
        ),
    )

    class Meta:
        model = NewsEmail
        fields = ("language", "wordings")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored: list[str] = self.instance.wordings
        wordings: Any = self.fields["wordings"]
        wordings.offer(stored)
        keys = [*wordings.wordings]
        only = keys if len(keys) == 1 and not self.instance.pk else []
        self.initial["wordings"] = [*map(fingerprint, stored)] or only
        self._offer_languages()

    def _offer_languages(self) -> None:
        codes = [
            *Guide.objects.order_by("pk").values_list("language", flat=True),
            self.instance.language,
        ]
        languages = [*dict.fromkeys(filter(None, codes))] or ["en"]
        self.initial["language"] = self.initial.get("language") or languages[0]
        self.fields["language"] = forms.ChoiceField(
            label=self.fields["language"].label,
            help_text=self.fields["language"].help_text,
            choices=[(code, _language_name(code)) for code in languages],
            widget=forms.HiddenInput if len(languages) == 1 else forms.Select,
        )


def _language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"]).capitalize()
    except KeyError:
        return code


@admin.register(NewsEmail)
class NewsEmailAdmin(
    GuideDeskMixin, MarksHelpMixin, NewsSendingAdmin, PhoneBesideAdmin, HistoryAdmin
):
    menu = (MenuPlace(WRITE, 6),)
    change_form_template = "admin/guides/news/change_form.html"
    form = NewsEmailForm
    prose = ("body",)
    phone_summary = _("See it in an inbox")
    list_display = ("subject", "state", "date")
    search_fields = ("subject", "body")
    sortable_by = ("date",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("subject", "preview", "body", ("button", "link"), "language")}),
        (_("Readers"), {"fields": ("wordings",)}),
    )

    @admin.display(description=_("what became of it"))
    def state(self, news: Any) -> str:
        return str(STATES[news.state])

    @admin.display(description=_("date"), ordering="created_at")
    def date(self, news: NewsEmail) -> str:
        return moment(news.confirmed_at or news.created_at)

    def get_queryset(self, request: HttpRequest) -> QuerySet[NewsEmail]:
        waiting = Delivery.objects.filter(news=OuterRef("pk"), state__in=OPEN)
        state = Case(
            When(confirmed_at=None, then=Value("draft")),
            When(stopped_at__isnull=False, then=Value("stopped")),
            When(GOING_OUT, then=Value("going")),
            When(Exists(waiting), then=Value("going")),
            default=Value("sent"),
            output_field=CharField(),
        )
        rows: QuerySet[NewsEmail] = super().get_queryset(request).annotate(state=state)
        return rows

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Locked while it's saved, so that it can't be sent meanwhile with other words."""
        news = super().get_object(request, object_id, from_field)
        if news is not None and request.method == "POST" and connection.in_atomic_block:
            return self.get_queryset(request).select_for_update().get(pk=news.pk)
        return news

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_draft(obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """None: what was sent can't be deleted."""
        return {}

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        news = self.get_object(request, object_id)
        if news and not news.is_draft and self.has_view_permission(request, news):
            if request.method == "POST":
                self.message_user(request, CONFIRMED, messages.WARNING)
            return HttpResponseRedirect(address_of(news, "send"))
        context = {"send_address": news and address_of(news, "send")}
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(address_of(obj, "send"))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(address_of(obj, "send"))

    def phone_saved(self, request: HttpRequest, part: NewsEmail) -> str:
        return _page(request, part)

    def phone_typed(self, request: HttpRequest, part: NewsEmail | None) -> str | None:
        form = self.form_typed(request, part)
        return _page(request, form.instance) if form.is_valid() else None

    def phone_styles(self, part: NewsEmail | None) -> list[str]:
        """Those of an email with every mark that may be typed next."""
        words = {**EVERY_MARK, "body": "\n".join(EVERY_MARK["body"])}
        every = NewsEmail(
            **words, link="https://example.org", language=part.language if part else "en"
        )
        return style_sources(preview.html for preview in news_preview(every).previews)


def _is_draft(news: NewsEmail | None) -> bool:
    return news is None or news.is_draft


def _page(request: HttpRequest, news: NewsEmail) -> str:
    mail = news_preview(news)
    shown = ShownEmail("", gettext("How it arrives"), (mail.subject,), mail)
    context = {"mails": [shown], "about": news, "language": news.language}
    return render_to_string("admin/phone/emails.html", context, request)
