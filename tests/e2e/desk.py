"""Helpers for browser tests of the admin."""

DESK = "/admin/"


def refused(message):
    return message.type == "error" and "Content Security Policy" in message.text


def add_rule(desk):
    """Adds a rule to a question's page: it's asked after a yes to question 3. Returns its row."""
    desk.get_by_role("button", name="Add another Condition").click()
    row = desk.locator("#show_if-1")
    row.get_by_label("Fits when").select_option("in")
    row.get_by_label("Question").select_option(
        label="3. Did you ramp up your running in the last month?"
    )
    row.get_by_role("checkbox", name="Yes", exact=False).first.check()
    return row
