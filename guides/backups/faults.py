"""What keeps a backup or a restore from being done."""


class BackupError(Exception):
    """Its message is for whoever runs the site: what's wrong, and what to do."""
