"""Backups: database and media in one archive, and back."""
