import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from runfit.lib.shared_pages import shared_page


def test_own_words_that_may_stand_elsewhere_are_refused(rf: RequestFactory):
    with pytest.raises(ValueError, match="Own words as short"):
        shared_page(rf.get("/"), "mark.html", dict, language="en", same="", own=["a"])


def test_a_page_without_a_form_sets_no_cookie(rf: RequestFactory):
    request = rf.get("/")

    page = shared_page(request, "mark.html", dict, language="en", same="", own=["an own token"])

    assert page.content.decode() == render_to_string("mark.html")
    assert "CSRF_COOKIE" not in request.META


def test_who_has_the_same_gets_the_same_page_without_its_context(rf: RequestFactory):
    same = {"language": "en", "same": 1, "own": ["my own token"]}
    first = shared_page(rf.get("/"), "mark.html", dict, **same)

    assert shared_page(rf.get("/"), "mark.html", None, **same).content == first.content


def test_a_variable_is_escaped_as_in_a_template(rf: RequestFactory):
    template, own = "admin/desk/moved.html", {"part": "<b>"}
    rest = {"number": 1, "count": 2, "back": ""}
    options = {"language": "en", "same": 2, "own": [], "variables": own}

    page = shared_page(rf.get("/"), template, lambda: rest, **options)

    assert page.content.decode() == render_to_string(template, rest | own)
