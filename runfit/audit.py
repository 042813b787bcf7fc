"""Who changes what at the desk."""

from typing import Any

from auditlog.middleware import AuditlogMiddleware
from django.http import HttpRequest
from django.urls import reverse


class DeskAuditMiddleware(AuditlogMiddleware):
    """Only the admin has people who sign in: runners' pages are spared the look at a session,
    which would keep them from being cached."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.path.startswith(reverse("admin:index")):
            return super().__call__(request)  # type: ignore[no-untyped-call]
        return self.get_response(request)
