"""Alerts for the PT's first page."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments import hooks
from assessments.desk.content.to_translate import left_in_words
from assessments.desk.content.translating import TranslateAdmin
from assessments.desk.links import address_of, admins, practice_address
from assessments.desk.versions.admin import VersionAdmin
from assessments.desk.versions.signing import FROM_FIRST_PAGE
from assessments.hooks import Alert, Link
from assessments.models import Practice, Retention
from runfit.lib.database.content_version import cached_of_content
from runfit.lib.history import KEPT_UNSEEN
from runfit.lib.hooks import gather
from runfit.lib.models import Snapshot
from runfit.lib.translation import language_name

LOOK_AGAIN_SOON = timedelta(days=14)
UNSIGNED = (
    _("{version} is live but not signed"),
    _("Runners see “Draft, not reviewed by a PT or doctor yet” until you sign it."),
)
WRONG = (
    _("{version} is marked as wrong, and it's live"),
    _("Publish a corrected version. Until then, runners read that you're working on it."),
)


def alerts(request: HttpRequest) -> list[Alert]:
    return gather(hooks.alerts, request)


def unseen(request: HttpRequest) -> Iterator[Alert]:
    """Alerts about a practice that runners see nobody of, or can't reach. After the first steps,
    one of which asks for it."""
    if not request.user.has_perm("assessments.change_practice"):
        return
    practice = Practice.objects.first() or Practice()
    if not practice.introduced and not was_kept_unseen():
        yield Alert(
            gettext("Runners don't see who you are yet"),
            gettext(
                "People trust a face. Add your name and photo, and check “Show me to runners”."
            ),
            practice_address(),
            Link(reverse("admin:assessments_practice_keep_unseen"), gettext("Keep it that way")),
        )
    if not practice.reachable:
        yield Alert(
            gettext("Runners don't know how to reach you"),
            gettext(
                "Your privacy notice promises a way. Add where replies go, or a postal address."
            ),
            practice_address(),
        )


def begins_to_delete(request: HttpRequest) -> Iterator[Alert]:
    """On a site that kept everything so far, says from when on it doesn't."""
    if not request.user.has_perm("assessments.change_retention"):
        return
    today = timezone.localdate()
    for retention in Retention.objects.filter(begins_on__gt=today):
        yield Alert(
            gettext("From {day} on, old answers and addresses are deleted").format(
                day=date_format(retention.begins_on or today)
            ),
            gettext("You set how long they're kept. Look at what would go, and change it there."),
            reverse("admin:assessments_retention_changelist"),
        )


def was_kept_unseen() -> bool:
    return LogEntry.objects.filter(change_message=KEPT_UNSEEN).exists()


def to_translate(request: HttpRequest, version: str) -> Iterator[Alert]:
    """Alerts about translations that miss texts, or whose original changed, as of this version of
    all content."""
    for model_admin in admins():
        if not isinstance(model_admin, TranslateAdmin):
            continue
        if not model_admin.has_change_permission(request):
            continue
        key = ("to translate", model_admin.opts.label)
        for draft, left in cached_of_content(version, key, partial(_left, model_admin, request)):
            yield Alert(
                f"{language_name(draft.language)}: {left}",
                gettext("In “{title}”. Runners don't see your changes until you publish.").format(
                    title=model_admin.original_of(draft)
                ),
                address_of(draft, "translate"),
            )


def _left(model_admin: TranslateAdmin, request: HttpRequest) -> list[tuple[Any, str]]:
    """Translations, with what's left to do in each."""
    begun = model_admin.get_queryset(request).filter(
        translation_of__isnull=False, translated_from__isnull=False
    )
    drafts = [*begun.select_related("translation_of").order_by("pk")]
    words = map(left_in_words, model_admin.texts_of_all(drafts))
    return [(draft, left) for draft, left in zip(drafts, words, strict=True) if left]


def wrong(request: HttpRequest, version: str) -> Iterator[Alert]:
    """Alerts about live versions that are marked as wrong."""
    for edition, what in _live_versions(request, version):
        if edition.recalled_at:
            title, text = WRONG
            yield Alert(title.format(version=what), str(text), address_of(edition, "recall"))


def signatures(request: HttpRequest, version: str) -> Iterator[Alert]:
    """Alerts about live versions that no clinician has signed, or that are due for another look.

    Shown only after the first steps: before that, they'd ask her to sign what she hasn't read.
    """
    soon = timezone.localdate() + LOOK_AGAIN_SOON
    for edition, what in _live_versions(request, version):
        if not edition.reviewed_by or (edition.look_again_on and edition.look_again_on <= soon):
            title, text = _due_again(edition) if edition.reviewed_by else UNSIGNED
            yield Alert(
                title.format(version=what),
                str(text),
                address_of(edition, "sign") + FROM_FIRST_PAGE,
            )


def _live_versions(request: HttpRequest, version: str) -> Iterator[tuple[Any, str]]:
    """The live versions that the user may sign, with their names, as of this version of all
    content."""
    for version_admin in admins():
        if isinstance(version_admin, VersionAdmin) and version_admin.has_sign_permission(request):
            key = ("live versions", version_admin.opts.label)
            read = partial(_live_versions_of, version_admin, request)
            yield from cached_of_content(version, key, read)


def _live_versions_of(version_admin: VersionAdmin, request: HttpRequest) -> list[tuple[Any, str]]:
    draft = version_admin.draft_field
    live = version_admin.get_queryset(request).filter(number=F("newest"))
    named = gettext("Version {number} of “{title}”")
    return [
        (edition, named.format(number=edition.number, title=getattr(edition, draft)))
        for edition in live.select_related(draft).order_by("pk")
    ]


def _due_again(edition: Snapshot) -> tuple[str, str]:
    """What to say of a signed version, before its day and after."""
    day = date_format(edition.look_again_on or timezone.localdate())
    read = gettext(
        "Read it again, and sign it again if it still holds. If not, change it and publish."
    )
    if edition.is_due_again:
        since = gettext("Since {day}, runners read so, too.").format(day=day)
        return gettext("{version} is due for another look"), f"{since} {read}"
    return gettext("{version} is due for another look on {day}").replace("{day}", day), read
