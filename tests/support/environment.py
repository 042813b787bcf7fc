"""A clean environment for a run."""

import os
from dataclasses import fields

from runfit.env import Environment


def forget_settings() -> None:
    """Remove the caller's settings from the environment."""
    for field in fields(Environment):
        os.environ.pop(field.name.upper(), None)
        os.environ.pop(f"{field.name.upper()}_FILE", None)
