"""Admin of how long things are kept, with a look at what goes next."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from solo.admin import SingletonModelAdmin

from assessments.admin.retention.forms import PERIODS, RetentionForm, in_words
from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.menu import PRACTICE, MenuPlace
from assessments.models import Retention
from runfit.lib import caching
from runfit.lib.sign_in.recent import recent_sign_in_check


@admin.register(Retention)
class RetentionAdmin(HistoryAdmin, SingletonModelAdmin):
    menu = (MenuPlace(PRACTICE, 2, _("How long things are kept")),)
    form = RetentionForm
    fields = (*PERIODS, "goes_next", "confirmed")
    readonly_fields = ("goes_next",)

    @admin.display(description=_("what goes next"))
    def goes_next(self, retention: Retention) -> SafeString:
        going = in_words(Retention.objects.get(pk=retention.pk))
        lines = format_html_join("", "<li>{}</li>", ((line,) for line in going))
        listed = format_html("<ul>{}</ul>", lines) if going else gettext("Nothing.")
        if retention.begins_on and retention.waits(timezone.localdate()):
            since = gettext("Nothing goes before {day}.").format(
                day=date_format(retention.begins_on)
            )
            return format_html("<p>{}</p>{}", since, listed)
        return format_html("{}", listed)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Shorter times erase: that asks for the password again, as erasing does."""
        if request.method == "POST":
            recent_sign_in_check(request)
        return super().changeform_view(request, *args, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        title = {"title": gettext("How long things are kept"), "subtitle": None}
        return super().render_change_form(request, context | title, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(caching.clear)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        messages.success(request, _("Saved. Your privacy page says so from now on."))
        return HttpResponseRedirect(request.path)
