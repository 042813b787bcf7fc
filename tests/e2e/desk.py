"""Helpers for browser tests of the admin."""

DESK = "/admin/"


def refused(message):
    return message.type == "error" and "Content Security Policy" in message.text
