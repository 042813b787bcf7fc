from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "runfit.accounts"
    label = "accounts"

    def ready(self) -> None:
        # Imported here, because they need loaded models.
        from assessments import hooks  # noqa: PLC0415
        from assessments.permissions import GROUP, grant_on_migrate  # noqa: PLC0415
        from guides.delivery import notices  # noqa: PLC0415
        from runfit.accounts import checks  # noqa: F401, PLC0415 - registers them
        from runfit.accounts.outbox import account_emails_send  # noqa: PLC0415
        from runfit.accounts.retention import RULES  # noqa: PLC0415
        from runfit.accounts.sign_ins import signals  # noqa: F401, PLC0415 - registers it

        hooks.retention_rules.extend(RULES)
        notices.senders.append(account_emails_send)
        grant_on_migrate(self, {GROUP: {"invitation": ("add", "view")}})
