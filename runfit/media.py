"""Serves pictures publicly. Guides are served only by signed links."""

import errno

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.static import serve

DAY = 24 * 3600


@cache_control(public=True, max_age=DAY)
def picture(request: HttpRequest, folder: str, path: str) -> HttpResponseBase:
    try:
        return serve(request, path, document_root=str(settings.MEDIA_ROOT / folder))
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:  # then there is no such file
            raise Http404 from error
        raise
