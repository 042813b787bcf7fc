"""Error pages for every status that Django itself returns, for runners and for the desk."""

import sys
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from guides.runner.broken_links import is_link
from runfit.busy_page import busy_page
from runfit.lib.database.transient_errors import is_transient
from runfit.lib.http import told
from runfit.middleware import is_desk


def _template(request: HttpRequest, name: str) -> str:
    return f"errors/desk/{name}.html" if is_desk(request) else f"errors/{name}.html"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    response = render(request, _template(request, "400"), status=status)
    return told(response) if isinstance(exception, SuspiciousOperation) else response


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, _template(request, "403"), status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    context = {"again": request.get_full_path()}
    return render(request, _template(request, "csrf"), context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    name = "link" if is_link(request.path_info) and not is_desk(request) else "404"
    return render(request, _template(request, name), status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    if is_transient(sys.exc_info()[1]):
        return busy_page(request)
    # Without context processors: they could fail the same way.
    return HttpResponse(render_to_string(_template(request, "500")), status=500)


def method_not_allowed_page(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: gives Django's empty 405 response a page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 405 and not response.content:
            page = render(request, _template(request, "405"), status=405)
            page["Allow"] = response["Allow"]
            return page
        return response

    return middleware
