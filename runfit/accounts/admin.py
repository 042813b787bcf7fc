"""The tables of second factors aren't lists of the desk: they hold secrets, and their owners' page
does what's needed. Invitations have a page of their own in a list's place."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnAttestation, WebAuthnCredential, WebAuthnUserHandle

from assessments.desk.menu import PRACTICE, MenuPlace
from runfit.accounts.invitations.views import invitations_page
from runfit.accounts.models import Invitation

PASSKEYS = (WebAuthnAttestation, WebAuthnCredential, WebAuthnUserHandle)

for model in (StaticDevice, TOTPDevice, *PASSKEYS):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    menu = (MenuPlace(PRACTICE, 3, _("Invite someone")),)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.changelist_view)
        return [path("", view, name="accounts_invitation_changelist")]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return invitations_page(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # the page itself has the form
