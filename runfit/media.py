"""Serves pictures and clips publicly. Guides are served only by signed links."""

import errno
import mimetypes
import re

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.static import serve

# Python knows it only from the system's list, if there's one.
mimetypes.add_type("image/webp", ".webp")

DAY = 24 * 3600
RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


@cache_control(public=True, max_age=DAY)
def picture(request: HttpRequest, folder: str, path: str) -> HttpResponseBase:
    try:
        response = serve(request, path, document_root=str(settings.MEDIA_ROOT / folder))
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:  # then there is no such file
            raise Http404 from error
        raise
    return _ranged(request, response) if isinstance(response, FileResponse) else response


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
