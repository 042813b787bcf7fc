"""The environment of a run of its own."""

import os
from dataclasses import fields

from runfit.env import Environment


def forget_settings() -> None:
    """None of the settings that the caller has in the environment counts."""
    for field in fields(Environment):
        os.environ.pop(field.name.upper(), None)
        os.environ.pop(f"{field.name.upper()}_FILE", None)
