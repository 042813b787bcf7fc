"""Uploads a content file into a draft: checks it, shows what it would change, and then asks.

What the draft was before each upload is kept, to be put back.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import DataError, IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.concurrent_edits.mixin import changed_since_shown, desk_lock, sign_shown
from assessments.desk.drafts import DraftAdmin
from assessments.desk.links import address_of
from assessments.publishing.pipeline import DraftPreview
from runfit.lib.audit import before_latest, before_log, before_text
from runfit.lib.diff import Change, Data, FieldNames
from runfit.lib.history import PUT_BACK, UPLOADED, UPLOADED_ONE
from runfit.lib.json_format.decoding import decode
from runfit.lib.json_format.faults import Fault, FaultsError
from runfit.lib.json_format.writing import canonical
from runfit.lib.messages import message
from runfit.lib.translation import translated

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LARGEST = 750 * 1024  # five times the largest that RunFit comes with
MOST_FAULTS = 10
PLACE = re.compile(r"(\w+)(?:\[(\d+)\])?")
KINDS = (
    ("new", _("New")),
    ("edited", _("Changed")),
    ("moved", _("Moved")),
    ("removed", _("Removed")),
)
NOT_READ = _(
    "We can't read this file. Pick one that you downloaded with “Download as a file”, and change "
    "only the words between the quotation marks."
)
NOT_FITTING = _("Some parts of this file don't fit together, so nothing changed.")
SAME = _("This file says what your draft says, so there's nothing to change.")


class UploadForm(forms.Form):
    """A file; or the words of one that was shown already, to be confirmed."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json"}),
        help_text=_(
            "One that “Download as a file” made, here or on another site that runs RunFit."
        ),
    )
    words = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    name = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file and (file.size or 0) > LARGEST:
            message = gettext("It's too large: at most {number} KB work here.")
            raise ValidationError(message.format(number=LARGEST // 1024))
        return file

    def clean(self) -> dict[str, Any]:
        """Adds the file's `data`."""
        cleaned = super().clean() or self.cleaned_data
        file, words = cleaned.get("file"), cleaned.get("words")
        if self.errors:
            return cleaned
        if not file and not words:
            raise ValidationError({"file": _("Pick a file.")})
        try:
            cleaned["data"] = decode(file.read() if file else str(words).encode(errors="replace"))
        except FaultsError as error:
            raise ValidationError({"file": NOT_READ}) from error
        cleaned["name"] = (str(file.name) if file else cleaned.get("name") or "")[-100:]
        return cleaned


class UploadAdmin(DraftAdmin):
    """A draft whose words can come from a file."""

    upload_mark: ClassVar[str]  # what only files of this kind have
    upload_other: ClassVar["str | StrPromise"]  # said of a file of another kind
    upload_names: ClassVar[FieldNames]
    upload_note: ClassVar["str | StrPromise"] = ""  # what happens to things beside the words

    def words_read(self, draft: Any, data: Any) -> Data:
        """The words of a file as they'd be in this draft. Raises FaultsError."""
        raise NotImplementedError

    def words_now(self, draft: Any) -> Data:
        """The words of the draft, even if incomplete."""
        raise NotImplementedError

    def words_preview(self, draft: Any, words: Data) -> DraftPreview:
        """What the draft would become with these words."""
        raise NotImplementedError

    def words_replace(self, draft: Any, words: Data) -> None:
        """Makes these the words of the draft."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        return [
            self.desk_path("upload-words", self.upload_words_view),
            self.desk_path("put-back", self.put_back_view),
            *super().get_urls(),
        ]

    @transaction.atomic
    def upload_words_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Takes a file, then shows what it would change, then does it."""
        draft = self._draft_to_change(request, pk)
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        words = self._words(draft, form)
        preview = self.words_preview(draft, words) if words is not None else None
        if preview and not preview.changes:
            form.add_error("file", SAME)
        if words is None or preview is None or not preview.changes:
            return self._upload_page(request, draft, form)
        conflict = changed_since_shown(request, preview.changes)
        if conflict:
            messages.error(
                request, gettext("Nothing changed yet. {reason}").format(reason=conflict)
            )
        if not request.POST.get("words") or conflict:
            return self._upload_page(request, draft, form, preview)
        name, count = form.cleaned_data["name"], len(preview.changes)
        did = message(UPLOADED_ONE if count == 1 else UPLOADED, name=name, number=count)
        if not self._replace(request, draft, words, did):
            form.add_error("file", NOT_FITTING)
            return self._upload_page(request, draft, form)
        return HttpResponseRedirect(address_of(draft))

    @transaction.atomic
    def put_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Makes the draft what it was before the last upload, once confirmed."""
        draft = self._draft_to_change(request, pk)
        entry = before_latest(draft)
        if entry is None:
            raise Http404
        words = json.loads(before_text(entry))
        preview = self.words_preview(draft, words)
        conflict = changed_since_shown(request, preview.changes)
        if conflict:
            messages.error(
                request, gettext("Nothing changed yet. {reason}").format(reason=conflict)
            )
        if request.method != "POST" or conflict:
            return self.desk_page(
                request,
                "admin/desk/put_back.html",
                draft,
                gettext("Put back"),
                preview=preview,
                groups=_groups(preview.changes),
                as_opened=sign_shown(preview.changes),
                before=entry,
            )
        if not self._replace(request, draft, words, message(PUT_BACK)):
            messages.error(request, NOT_FITTING)
        return HttpResponseRedirect(address_of(draft))

    def _draft_to_change(self, request: HttpRequest, pk: int) -> Any:
        if request.method == "POST":
            desk_lock()
        draft = get_object_or_404(self.model, pk=pk)
        if not self.has_change_permission(request, draft):
            raise PermissionDenied
        return draft

    def _words(self, draft: Any, form: UploadForm) -> Data | None:
        """The words of the file; None if there's an error, which is added to the form."""
        if not form.is_valid():
            return None
        data = form.cleaned_data["data"]
        if not isinstance(data, dict) or self.upload_mark not in data:
            form.add_error("file", self.upload_other)
            return None
        try:
            return self.words_read(draft, data)
        except FaultsError as error:
            form.add_error("file", [*self._faults_in_words(error.faults)])
            return None

    def _faults_in_words(self, faults: "tuple[Fault, ...]") -> Iterable[str]:
        yield gettext("Nothing changed: first fix this in the file, or pick another one.")
        for fault in faults[:MOST_FAULTS]:
            yield f"{place_in_words(fault.where, self.upload_names)}: {translated(fault.message)}"
        if len(faults) > MOST_FAULTS:
            yield gettext("And {number} more.").format(number=len(faults) - MOST_FAULTS)

    def _upload_page(
        self,
        request: HttpRequest,
        draft: Any,
        form: UploadForm,
        preview: DraftPreview | None = None,
    ) -> HttpResponse:
        more: dict[str, Any] = {}
        if preview:
            more = {
                "words": canonical(form.cleaned_data["data"]),
                "name": form.cleaned_data["name"],
                "preview": preview,
                "groups": _groups(preview.changes),
                "problems": [
                    f"{place_in_words(each.where, self.upload_names)}: {translated(each.message)}"
                    for each in preview.errors
                ],
                "as_opened": sign_shown(preview.changes),
                "note": self.upload_note,
            }
        return self.desk_page(
            request,
            "admin/desk/upload.html",
            draft,
            gettext("Upload a file"),
            form=form,
            before=before_latest(draft),
            download=address_of(draft, "export"),
            put_back=address_of(draft, "put-back"),
            **more,
        )

    def _replace(self, request: HttpRequest, draft: Any, words: Data, did: str) -> bool:
        """Whether it worked: a file may contradict itself where only the database sees it."""
        before = json.dumps(self.words_now(draft), ensure_ascii=False)
        try:
            with transaction.atomic():
                self.words_replace(draft, words)
        except (DataError, IntegrityError):
            return False
        before_log(draft, before)
        self.log_change(request, draft, did)
        messages.success(
            request,
            format_html(
                '{} {} <a href="{}">{}</a>',
                translated(did),
                gettext("Runners won't see it until you publish."),
                address_of(draft, "put-back"),
                gettext("Put back what was there before."),
            ),
        )
        return True


def _groups(changes: Iterable[Change]) -> list[tuple[str, list[Change]]]:
    """The changes by what they do, with a heading for each."""
    by_kind: Mapping[str, list[Change]] = {kind: [] for kind, _title in KINDS}
    for change in changes:
        by_kind[change.kind].append(change)
    return [(str(title), by_kind[kind]) for kind, title in KINDS if by_kind[kind]]


def place_in_words(where: str, names: FieldNames) -> str:
    """A path in a file as the PT reads it: “Question 4, answer 1” for questions[3].choices[0]."""
    words = [_step_in_words(step, names) for step in where.split(".")]
    text = ", ".join(words)
    return text[:1].upper() + text[1:]


def _step_in_words(step: str, names: FieldNames) -> str:
    match = PLACE.fullmatch(step)
    if match is None:
        return step
    name, index = match.groups()
    if index is None:
        return names.field(name)
    return f"{names.part(name)} {int(index) + 1}"
