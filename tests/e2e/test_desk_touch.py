"""The desk under a finger: a phone's screen, tapped and dragged."""

import pytest
from django.urls import reverse

from assessments.models import Dimension, Question

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

# Links in a line of text aside, as in WCAG 2.5.8.
LOW = """() => [...document.querySelectorAll(
  "#content :is(button, select, summary, .button, textarea), #content .desk-links a, #content .add-row a, "
  + "#content input:not([type='hidden'], [type='checkbox'], [type='radio']), "
  + "#content #result_list th a, #content td input[type='checkbox'], .desk-menu summary, #user-tools a, "
  + "#site-name a, #content li > a:only-child, #content .readonly a, #content .alone a")]
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 43.5)
  .map((each) => each.outerHTML.slice(0, 120))"""


def test_targets_are_as_high_as_a_fingertip_and_pages_as_wide_as_the_phone(desk):
    question = Question.objects.get(key="load_change")
    used = Dimension.objects.filter(asked_by__isnull=False).first()
    pages = [
        reverse("admin:index"),
        reverse("admin:assessments_question_change", args=[question.pk]),
        reverse("admin:guides_exercise_changelist"),
        reverse("admin:guides_exercise_add"),
        reverse("admin:assessments_practice_changelist"),
        reverse("admin:assessments_dimension_delete", args=[used.pk]),
    ]
    for page in pages:
        desk.goto(page)
        assert desk.evaluate(LOW) == [], page
        assert desk.evaluate("document.documentElement.scrollWidth") == 390, page


def drag(desk, x, y, by):
    """A finger that goes down at a place and moves down the page."""
    finger = desk.context.new_cdp_session(desk)

    def touch(kind, *points):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})
        desk.wait_for_timeout(30)

    touch("touchStart", {"x": x, "y": y})
    for step in range(1, 16):
        touch("touchMove", {"x": x, "y": y + by * step / 15})
    touch("touchEnd")


def test_an_answer_is_dragged_by_its_square_and_a_finger_elsewhere_only_scrolls(desk):
    question = Question.objects.get(key="pattern")
    before = list(question.choices.values_list("pk", flat=True))
    desk.goto(reverse("admin:assessments_question_change", args=[question.pk]))
    rows = desk.locator("#choices-group tr.has_original")
    rows.first.evaluate("row => row.scrollIntoView()")
    box = rows.first.locator("td.original p").bounding_box()
    far = rows.nth(2).bounding_box()["y"]

    drag(desk, box["x"] + box["width"] / 2, box["y"] + 20, 250)
    rows.first.evaluate("row => row.scrollIntoView()")
    assert rows.first.locator("input[name$='-id']").get_attribute("value") == str(before[0])
    drag(desk, box["x"] + 22, box["y"] + 20, far - box["y"] - 60)
    desk.locator(".not-saved").get_by_role("button", name="Save").tap()
    desk.wait_for_url("**/assessment/*/change/**")

    after = list(question.choices.values_list("pk", flat=True))
    assert after.index(before[0]) > 0
    assert [each for each in after if each != before[0]] == before[1:]
