"""The PT in a real browser."""

DESK = "/admin/"


def refused(said):
    return said.type == "error" and "Content Security Policy" in said.text
