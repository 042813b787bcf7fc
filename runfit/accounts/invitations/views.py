"""Pages to invite an assistant, and to accept an invitation."""

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache

from assessments.desk.large_lists import NUMBER
from runfit.accounts.forms import AcceptForm, InvitationForm
from runfit.accounts.invitations import services as invitations
from runfit.accounts.invitations.links import invitation_of
from runfit.accounts.models import Invitation
from runfit.accounts.views import owner, page
from runfit.lib.sign_in.recent import recent_sign_in_check

LIST = "admin:accounts_invitation_changelist"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
def invitations_page(request: HttpRequest) -> HttpResponse:
    """Who was invited, and a form for one more. Asks for the password again first."""
    if not request.user.has_perm(invitations.MAY_INVITE):
        raise PermissionDenied
    recent_sign_in_check(request)
    form = InvitationForm(request.POST if "email" in request.POST else None)
    if request.method == "POST" and not form.is_bound:
        return _answer_one(request)
    if form.is_valid():
        invitation = form.cleaned_data
        invitations.invitation_send(**invitation, by=owner(request), language=_language())
        messages.success(request, gettext("Invited. The email is on its way."))
        return redirect(LIST)
    return page(
        request,
        "invitations",
        title=gettext("Invite someone"),
        form=form,
        pending=invitations.invitations_pending(),
    )


def _answer_one(request: HttpRequest) -> HttpResponse:
    """Sends one again, or withdraws it."""
    again = request.POST.get("again", "")
    pk = again or request.POST.get("withdraw", "")
    invitation = get_object_or_404(Invitation, pk=pk if NUMBER.fullmatch(pk) else 0)
    try:
        if again:
            invitations.invitation_resend(invitation=invitation, language=_language())
            messages.success(request, gettext("Sent again. Only the new link works."))
        else:
            invitations.invitation_withdraw(invitation=invitation)
            messages.success(request, gettext("Withdrawn. Its link no longer works."))
    except invitations.InvitationClosedError:
        messages.warning(
            request, gettext("Nothing changed: its link was used, or it was withdrawn.")
        )
    return redirect(LIST)


@never_cache
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Makes the account, signs in, and goes on to the second factor."""
    invitation = invitation_of(token)
    if invitation is None:
        return page(request, "invitation_over", title=gettext("This invitation is over"))
    form = AcceptForm(request.POST or None, email=invitation.email)
    if form.is_valid():
        try:
            user = invitations.invitation_accept(
                invitation=invitation,
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password1"],
            )
        except invitations.InvitationClosedError:
            return redirect(request.path)
        login(request, user, backend=BACKEND)
        return redirect("accounts:account")
    return page(
        request,
        "invitation_accept",
        title=gettext("Your account for the desk"),
        form=form,
        role=invitation.get_role_display(),
        has_permission=False,
    )


def _language() -> str:
    return get_language() or "en"
