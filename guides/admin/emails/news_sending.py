"""The page where a news email is tested, sent to everyone whose yes allows it, and stopped."""

from datetime import timedelta
from math import ceil
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.concurrent_edits.mixin import changed_since_shown, sign_shown
from assessments.desk.links import address_of
from assessments.desk.previews import with_styles
from guides import selectors
from guides.admin.emails.preview import MailPreview, picture_response
from guides.admin.emails.testing import TestForm, test_sent_message
from guides.admin.help_desk.contact_page import WHERE
from guides.delivery.news import news_confirm, news_queue, news_stop, news_takes
from guides.mail.messages import news_sample
from guides.models import NewsEmail
from guides.publishing.sample_emails import SampleNotSentError, news_sample_send
from guides.reasons import reason_line
from guides.selectors import NewsAudience
from runfit.lib.history import NEWS_SENT, NEWS_STOPPED, TEST_SENT

SENDING = "guides.send_newsemail"
NOT_STARTED = _(
    "Nothing was sent. Look at it as it is now, and send yourself a test of these words."
)


class NewsSendingAdmin(admin.ModelAdmin):
    """Adds the page. Every action is a POST, is logged, and does nothing on a second click."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/send/", view(self.send_view), name="guides_newsemail_send"),
            path("picture/<str:cid>/", view(self.picture_view), name="guides_newsemail_picture"),
            *super().get_urls(),
        ]

    def picture_view(self, request: HttpRequest, cid: str) -> HttpResponse:
        """A picture inside every news email, for its previews."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return picture_response([news_sample(NewsEmail(language="en"), to="you")], cid)

    def send_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        news = get_object_or_404(NewsEmail, pk=pk)
        if not self.has_view_permission(request, news):
            raise PermissionDenied
        form = TestForm(
            request.POST if "test" in request.POST else None,
            initial={"to": cast(User, request.user).email},
        )
        if request.method == "POST" and (form.is_valid() or "test" not in request.POST):
            self._act(request, news, form)
            return HttpResponseRedirect(address_of(news, "send"))
        return self._page(request, news, form)

    def _act(self, request: HttpRequest, news: NewsEmail, form: TestForm) -> None:
        if form.is_bound:
            if not self.has_change_permission(request):
                raise PermissionDenied
            self._test(request, news, form.cleaned_data["to"])
            return
        if not request.user.has_perm(SENDING):
            raise PermissionDenied
        if "send" in request.POST:
            self._send(request, news)
        elif "stop" in request.POST:
            self._stop(request, news)

    def _test(self, request: HttpRequest, news: NewsEmail, to: str) -> None:
        try:
            news_sample_send(news=news, to=to)
        except SampleNotSentError as error:
            messages.error(request, gettext("Not sent. {reason}").format(reason=error))
        else:
            self.log_change(request, news, TEST_SENT)
            messages.success(request, test_sent_message(to))

    def _send(self, request: HttpRequest, news: NewsEmail) -> None:
        if not news.is_draft:
            messages.info(request, gettext("It's on its way already. Nobody gets it twice."))
        elif conflict := changed_since_shown(request, _seen(news)):
            messages.error(request, gettext("Nothing was sent. {reason}").format(reason=conflict))
        elif news_confirm(news=news, seen=_seen(news)):
            self.log_change(request, news, NEWS_SENT)
            news_queue(seconds=0)  # so that the page has something to show
            messages.success(request, gettext("It's on its way. You can stop it here."))
        elif NewsEmail.objects.filter(pk=news.pk, confirmed_at=None).exists():
            messages.error(request, NOT_STARTED)
        else:  # another tab was a moment earlier
            messages.info(request, gettext("It's on its way already. Nobody gets it twice."))

    def _stop(self, request: HttpRequest, news: NewsEmail) -> None:
        stopped = news_stop(news=news)
        if stopped is None:
            messages.info(request, gettext("It isn't going out, so there's nothing to stop."))
            return
        self.log_change(request, news, NEWS_STOPPED)
        words = ngettext(
            "Stopped. {number} email that was waiting won't go out.",
            "Stopped. {number} emails that were waiting won't go out.",
            stopped,
        )
        messages.success(request, words.format(number=f"{stopped:,}"))

    def _page(self, request: HttpRequest, news: NewsEmail, form: TestForm) -> HttpResponse:
        mail = news_preview(news)
        step = gettext("Check and send") if news.is_draft else gettext("What became of it")
        context = {
            **self.admin_site.each_context(request),
            "title": f"{step}: {news}",
            "opts": self.opts,
            "news": news,
            "draft": news,
            "draft_address": address_of(news),
            "step": step,
            "form": form,
            "mail": mail,
            "may_change": self.has_change_permission(request, news),
            "may_test": self.has_change_permission(request),
            "may_send": request.user.has_perm(SENDING),
            "history_address": address_of(news, "history"),
            **(_draft_context(news) if news.is_draft else _sent_context(news)),
        }
        response = TemplateResponse(request, "admin/guides/news/send.html", context)
        return with_styles(response, mail.previews)


def news_preview(news: NewsEmail) -> MailPreview:
    return MailPreview.of(
        news_sample(news, to="you"),
        lambda cid: reverse("admin:guides_newsemail_picture", args=[cid]),
    )


def _seen(news: NewsEmail) -> list[str]:
    """What she decides on."""
    return [*news.words, *news.wordings]


def _draft_context(news: NewsEmail) -> dict[str, Any]:
    audience = selectors.news_audience(news)
    return {
        "audience": audience,
        "left_out": _left_out(audience),
        "takes": _takes(news_takes(audience.readers)),
        "as_opened": sign_shown(_seen(news)),
    }


def _sent_context(news: NewsEmail) -> dict[str, Any]:
    progress = selectors.news_progress(news)
    goes_on = news.stopped_at is None and not progress.done
    emails = reverse("admin:guides_delivery_changelist")
    return {
        "progress": progress,
        "not_sent": [(reason_line(reason), count) for reason, count in progress.reasons],
        "goes_on": goes_on,
        "emails_address": f"{emails}?news__id__exact={news.pk}",
    }


def _takes(time: timedelta) -> str:
    hours = ceil(time / timedelta(hours=1))
    if hours <= 1:
        return ""
    return ngettext("about {number} hour", "about {number} hours", hours).format(
        number=f"{hours:,}"
    )


def _left_out(audience: NewsAudience) -> list[tuple[str, int]]:
    """Why some of those who ever said yes don't get it, with how many, in words."""
    rows = [
        (gettext("said yes to other words than those you checked"), audience.other_words),
        (gettext("had the one email that their yes allows, or get it now"), audience.had_theirs),
        (
            gettext("took the check again, and it told them to see a PT or doctor first"),
            audience.stopped,
        ),
        (gettext("don't get email from us anymore"), audience.suppressed),
        *(
            (gettext("took it back: {where}").format(where=WHERE.get(page, page)), count)
            for page, count in audience.took_back.items()
        ),
    ]
    return [(reason, count) for reason, count in rows if count]
