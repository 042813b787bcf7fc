"""URLs of accounts, below the admin's."""

from django.urls import path

from runfit.accounts import reset, views
from runfit.accounts.factors import passkeys, recovery
from runfit.accounts.invitations.views import invitation_accept

app_name = "accounts"
urlpatterns = [
    path("", views.account, name="account"),
    path("second-factor/", views.prove, name="second_factor"),
    path("app/", views.app, name="app"),
    path("app/remove/", views.app_remove, name="app_remove"),
    path("codes/", views.codes, name="codes"),
    path("passkeys/<int:pk>/remove/", views.passkey_remove, name="passkey_remove"),
    path(
        "passkeys/register/begin/",
        passkeys.RegisterBegin.as_view(),
        name="passkey_register_begin",
    ),
    path(
        "passkeys/register/complete/",
        passkeys.RegisterComplete.as_view(),
        name="passkey_register_complete",
    ),
    path("passkeys/begin/", passkeys.SignInBegin.as_view(), name="passkey_sign_in_begin"),
    path("passkeys/complete/", passkeys.SignInComplete.as_view(), name="passkey_sign_in_complete"),
    path("email/", views.email, name="email"),
    path("reset/", reset.reset_request, name="reset"),
    path("reset/sent/", reset.reset_sent, name="reset_sent"),
    path("reset/<uidb64>.<token>/", reset.ResetConfirm.as_view(), name="reset_confirm"),
    path("invitation/<str:token>/", invitation_accept, name="invitation_accept"),
    path("<int:pk>/reset/", recovery.factors_reset_page, name="factors_reset"),
    path("sessions/<int:pk>/end/", views.session_end, name="session_end"),
    path("sessions/end/", views.sessions_end, name="sessions_end"),
]
