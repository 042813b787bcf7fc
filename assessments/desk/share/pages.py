"""The desk's page to share a self-check, and its QR code to download."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _

from assessments.analytics import reports
from assessments.analytics.figures import last_days
from assessments.analytics.utm import OWN_SOURCES, is_article
from assessments.desk.drafts import DraftAdmin
from assessments.desk.links import address_of
from assessments.desk.share import qr_code
from assessments.desk.share.embed import SANDBOX, EmbedForm, embed_code
from assessments.desk.share.links import LinkForm, SharedLink
from assessments.embed_sites import readable
from assessments.models import Assessment
from assessments.selectors import edition_definition, edition_live, practice
from runfit.lib.http import with_policy

CODES = {"svg": (qr_code.svg, "image/svg+xml"), "png": (qr_code.png, "image/png")}
LISTED_DAYS = 90


class SharePages:
    """Named links are kept nowhere: the page's address holds the name, and the same name always
    makes the same link."""

    def __init__(self, desk: DraftAdmin) -> None:
        self.desk = desk

    def urls(self) -> list[URLPattern]:
        return [
            self.desk.desk_path("share", self.page),
            self.desk.desk_path("share-code", self.code, "<str:kind>/"),
        ]

    def page(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.desk.draft_of(request, pk)
        form = LinkForm(request.GET)
        source = form.cleaned_data["name"] if form.is_valid() else ""
        link = shared_link(draft, source)
        sees_numbers = request.user.has_perm("assessments.view_submission")
        response = self.desk.desk_page(
            request,
            "admin/desk/share.html",
            draft,
            _("Share"),
            form=form,
            link=link,
            embed_form=EmbedForm(request.GET or None),
            embed=link and embed_code(draft.slug, link.title, request.GET.dict()),
            site_url=settings.SITE_URL,
            sandbox=SANDBOX,
            embed_sites=[*map(readable, practice().embed_sites.split())],
            codes=[(kind.upper(), _code_address(draft, kind, source)) for kind in ("png", "svg")],
            code_shown=_code_address(draft, "svg", source),
            named=_came_by() if sees_numbers else [],
            articles=_came_by(articles=True) if sees_numbers else [],
            listed_days=LISTED_DAYS,
            publish_address=address_of(draft, "publish"),
        )
        return with_policy(response, csp_update({"frame-src": [SELF]}))

    def code(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        """A QR code of the link, to look at and to download."""
        draft = self.desk.draft_of(request, pk)
        form = LinkForm(request.GET)
        link = shared_link(draft, form.cleaned_data["name"]) if form.is_valid() else None
        if link is None or kind not in CODES:
            raise Http404
        make, content_type = CODES[kind]
        name = "-".join(filter(None, (draft.slug, link.source)))
        headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
        return HttpResponse(make(link.address), content_type=content_type, headers=headers)


def shared_link(draft: Assessment, source: str) -> SharedLink | None:
    """None if the self-check isn't published, since its address leads nowhere then."""
    edition = edition_live(draft.slug)
    if edition is None:
        return None
    return SharedLink(
        title=edition_definition(edition).title,
        path=reverse("assessments:check", args=[draft.slug]),
        source=source,
        color=practice().accent_colour,
    )


def _code_address(draft: Assessment, kind: str, source: str) -> str:
    address = reverse("admin:assessments_assessment_share-code", args=[draft.pk, kind])
    return f"{address}?name={source}"


def _came_by(*, articles: bool = False) -> list[dict[str, Any]]:
    """The named links, or the articles, that somebody came by lately."""
    return [
        {"source": source, "label": label, "visits": visits}
        for source, label, visits in reports.values(*last_days(LISTED_DAYS), "source")
        if source and source not in OWN_SOURCES and is_article(source) is articles
    ]
