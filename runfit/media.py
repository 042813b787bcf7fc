"""Serves pictures and clips publicly. Guides are served only by signed links."""

import errno
import logging
import mimetypes
import posixpath
import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.views.static import was_modified_since

# Python knows it only from the system's list, if there's one.
mimetypes.add_type("image/webp", ".webp")

DAY = 24 * 3600
NO_SUCH_FILE = {errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG}
RETRY_AFTER = "5"  # seconds
RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")

logger = logging.getLogger(__name__)


def picture(request: HttpRequest, folder: str, path: str) -> HttpResponseBase:
    name = f"{folder}/{path}"
    if posixpath.normpath(name) != name:  # guides are beside
        raise Http404
    try:
        response = _picture(request, name)
    except ValueError as error:  # a name that no file can have
        raise Http404 from error
    except OSError as error:
        if error.errno in NO_SUCH_FILE or isinstance(error, FileNotFoundError):
            raise Http404 from error
        logger.exception("Cannot read a picture.")
        return HttpResponse(status=503, headers={"Retry-After": RETRY_AFTER})
    patch_cache_control(response, public=True, max_age=DAY)
    return response


def _picture(request: HttpRequest, name: str) -> HttpResponseBase:
    modified = int(default_storage.get_modified_time(name).timestamp())
    if not was_modified_since(request.headers.get("If-Modified-Since"), modified):
        return HttpResponseNotModified()
    kind, _ = mimetypes.guess_type(name)
    whole = FileResponse(default_storage.open(name), content_type=kind)
    whole["Last-Modified"] = http_date(modified)
    return _ranged(request, whole)


def _ranged(request: HttpRequest, whole: FileResponse) -> HttpResponseBase:
    """The range of the file that was asked for: without it, Safari plays no clip.

    Several ranges at once, or a range of what has changed since, get the whole file.
    """
    whole["Accept-Ranges"] = "bytes"
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    unchanged = request.headers.get("If-Range", whole["Last-Modified"]) == whole["Last-Modified"]
    if request.method != "GET" or not asked or not (asked[1] or asked[2]) or not unchanged:
        return whole
    content = b"".join(whole)  # a few MB at most
    whole.close()
    first, end = _bounds(asked[1], asked[2], len(content))
    if first >= end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    headers = {
        "Content-Range": f"bytes {first}-{end - 1}/{len(content)}",
        **{name: whole[name] for name in ("Accept-Ranges", "Content-Type", "Last-Modified")},
    }
    return HttpResponse(content[first:end], status=206, headers=headers)


def _bounds(first: str, last: str, length: int) -> tuple[int, int]:
    """Where a range begins, and where it has ended. Without a beginning, it's that many bytes at
    the end."""
    if not first:
        return max(0, length - int(last)), length if int(last) else 0
    return int(first), min(length, int(last) + 1) if last else length
