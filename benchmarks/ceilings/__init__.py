"""Minimal implementations: a Django project with one view per kind of work, and no middleware or
that of `startproject`."""
