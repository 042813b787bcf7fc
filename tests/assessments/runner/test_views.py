"""The runner's pages over HTTP."""

import re
import time
from copy import deepcopy
from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from assessments import hooks
from assessments.models import Practice, Submission
from assessments.runner.form_token import MINIMUM_AGE, read
from runfit.lib import caching
from tests.assessments.small import ANSWERS, SMALL, caring, edition_of, small, token_of

CHECK = "/check/small/"
SAVEPOINT = 2  # queries around a hook, only because a test is a transaction
pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return edition_of(SMALL)


@pytest.fixture
def answered(client, edition):
    """Answer the small self-check; returns the URL of the result."""

    def answered(**changes):
        response = client.post(CHECK, ANSWERS | {"form_token": token_of(edition)} | changes)
        assert response.status_code == 303, text(response)
        return response["Location"]

    return answered


def text(response):
    """The visible text of the page."""
    body = re.sub(r"(?s)<head.*?</head>", " ", response.content.decode())
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def without_folds(html):
    """What is seen before anything is unfolded."""
    return re.sub(r"(?s)<details\b(?:(?!<details).)*?</details>", "", html)


def title(response):
    return re.search(r"<title>(.*?)</title>", response.content.decode())[1]


def hidden_token(response):
    return re.search(r'name="form_token" value="([^"]*)"', response.content.decode())[1]


# The home page


def test_home_shows_the_self_check(client, edition):
    response = client.get("/")

    assert response.status_code == 200
    assert (
        "Answer up to 4 questions and see right away where to start. You don't need an email to see your result, and the strength guide is free."
    ) in text(response)
    assert f'href="{CHECK}"' in response.content.decode()
    assert "Draft, not reviewed by a PT or doctor yet." in text(response)


def test_home_shows_the_reviewer(client):
    edition_of(SMALL, reviewed_by="A. Clinician")

    assert "Reviewed by A. Clinician." in text(client.get("/"))


def test_reviewer_is_named_with_the_month_until_it_is_due_for_another_look(client, time_machine):
    days = {"reviewed_on": date(2026, 11, 30), "look_again_on": date(2027, 11, 30)}
    edition_of(SMALL, reviewed_by="A. Clinician", **days)

    time_machine.move_to(datetime(2027, 11, 30, 12, tzinfo=UTC))
    assert "Reviewed by A. Clinician, November 2026." in text(client.get("/"))
    assert "another look" not in text(client.get("/"))

    time_machine.move_to(datetime(2027, 12, 1, 12, tzinfo=UTC))
    assert ("Reviewed by A. Clinician, November 2026. It's due for another look.") in text(
        client.get("/")
    )


def test_home_asks_the_readers_question(client):
    edition_of(caring())

    response = client.get("/")

    assert title(response) == "Why am I stiff? · RunFit"
    body = response.content.decode()
    assert "<h1>Why am I stiff?</h1>" in body
    assert '<p class="lead">Find out where to start.' in body
    assert f'<a class="btn btn-big" href="{CHECK}">Start the self-check</a>' in body
    assert '<svg class="hero"' in body


NAMED = {"credentials": "Ana Ruiz, PT", "photo": "practice/ana.jpg", "photo_alt": "Ana smiles"}


def test_home_shows_who_she_is_below_the_start(client, edition):
    Practice.objects.create(
        name="Hill <Physio>", booking_link="https://a.test/", shown=True, **NAMED
    )

    body = client.get("/").content.decode()

    start, _button, rest = body.partition("Start the self-check")
    assert "Ana Ruiz, PT" not in start
    who = rest.partition("<section")[2].partition("</section>")[0]
    assert '<img src="/media/practice/ana.jpg" alt="Ana smiles" width="72" height="72">' in who
    assert "<strong>Ana Ruiz, PT</strong><br>Hill &lt;Physio&gt;" in who
    assert 'href="https://a.test/"' in rest


@pytest.mark.parametrize("changes", [{"shown": False, **NAMED}, {"shown": True}])
def test_home_shows_nobody_before_she_says_so(client, edition, changes):
    Practice.objects.create(**changes)

    body = client.get("/").content.decode()

    assert "behind this" not in body
    assert 'class="who"' not in body
    assert "Ana" not in body


def test_home_links_to_other_self_checks_in_its_language(client, edition):
    assert 'id="others"' not in client.get("/").content.decode()
    edition_of(small(slug="achilles", title="Cranky Achilles"))
    edition_of(small(slug="cadera", title="Cadera", language="es"))
    caching.clear()

    body = client.get("/").content.decode()

    assert "<title>Small check" in body
    others = body.partition('<ul class="others" role="list">')[2].partition("</ul>")[0]
    assert others == (
        '<li><h3><a href="/check/achilles/">Cranky Achilles</a></h3>'
        '<p class="soft small">About 2 minutes.</p></li>'
    )


def test_home_works_without_a_published_self_check(client):
    response = client.get("/")

    assert response.status_code == 200
    assert "There's no self-check here yet." in text(response)


# The self-check


def test_check_has_all_questions_on_one_page(client, edition):
    response = client.get(CHECK)

    assert response.status_code == 200
    assert title(response) == "Small check · RunFit"
    assert set(re.findall(r'name="(\w+)"', response.content.decode())) >= {
        "form_token",
        "safety",
        "touch",
        "pain",
        "lifts",
        "bridge",
    }
    assert read(hidden_token(response)).edition == edition.pk


def test_a_self_check_needs_no_cookie(edition):
    client = Client(enforce_csrf_checks=True)
    client.get(CHECK)

    response = client.post(CHECK, ANSWERS | {"form_token": token_of(edition)})

    assert response.status_code == 303
    assert not client.cookies


def test_posting_answers_runs_one_query(client, edition, django_assert_num_queries):
    client.get(CHECK)  # warm the caches

    with django_assert_num_queries(1 + 2 * SAVEPOINT):
        client.post(CHECK, ANSWERS | {"form_token": token_of(edition)})


def test_check_can_be_restored_by_the_back_button(client, edition):
    assert client.get(CHECK)["Cache-Control"] == "private, max-age=0"


def test_unknown_check_is_not_found(client, edition):
    assert client.get("/check/dragon/").status_code == 404
    assert client.post("/check/dragon/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/", CHECK, "/privacy/", "/accessibility/", "/practice-b5401a.css"]
)
def test_warm_page_runs_no_query(client, edition, path, django_assert_num_queries):
    Practice.objects.create()
    client.get(path)

    with django_assert_num_queries(0):
        assert client.get(path).status_code == 200


def test_valid_answers_redirect_to_the_result(client, edition):
    response = client.post(CHECK, ANSWERS | {"form_token": token_of(edition)})

    submission = Submission.objects.get()
    assert response.status_code == 303
    assert response["Location"] == f"/result/{submission.token}/"
    assert submission.edition == edition
    assert submission.answers == {"touch": "knee", "pain": 3, "lifts": "nothing"}
    assert submission.safety == ["none"]


def test_token_of_the_page_is_accepted_after_the_minimum_age(client, edition, time_machine):
    token = hidden_token(client.get(CHECK))
    time_machine.move_to(time.time() + MINIMUM_AGE)

    assert client.post(CHECK, ANSWERS | {"form_token": token}).status_code == 303


def test_a_double_click_is_one_submission(client, edition):
    fields = ANSWERS | {"form_token": token_of(edition)}

    first, again = (client.post(CHECK, fields) for _ in range(2))

    assert first["Location"] == again["Location"]
    assert Submission.objects.count() == 1


def test_resending_the_same_answers_is_one_submission(client, edition):
    fields = ANSWERS | {"form_token": token_of(edition)}
    first = client.post(CHECK, fields)
    client.get(first["Location"])

    assert client.post(CHECK, fields)["Location"] == first["Location"]
    assert Submission.objects.count() == 1


def test_resending_changed_answers_is_a_new_submission(client, edition):
    fields = ANSWERS | {"form_token": token_of(edition)}

    first, other = (client.post(CHECK, fields | {"touch": touch}) for touch in ("knee", "toes"))

    assert first["Location"] != other["Location"]
    assert Submission.objects.count() == 2


def test_same_answers_with_another_nonce_are_another_submission(client, edition):
    for nonce in ("one", "two"):
        client.post(CHECK, ANSWERS | {"form_token": token_of(edition, nonce)})

    assert Submission.objects.count() == 2


def test_answers_are_scored_with_the_opened_edition(client, edition):
    newer = edition_of(small(title="Newer check"), number=2)
    assert title(client.get(CHECK)) == "Newer check · RunFit"

    client.post(CHECK, ANSWERS | {"form_token": token_of(edition)})

    assert Submission.objects.get().edition == edition != newer


def test_invalid_form_keeps_the_opened_edition(client, edition):
    edition_of(small(title="Newer check"), number=2)
    token = token_of(edition)

    response = client.post(CHECK, {"form_token": token})

    assert title(response) == "Error: Small check · RunFit"
    assert hidden_token(response) == token


@pytest.mark.parametrize("token", ["", "forged", "a:b:c", "\x00"])
def test_invalid_token_stores_nothing_and_keeps_the_answers(client, edition, token):
    response = client.post(CHECK, ANSWERS | {"form_token": token})

    assert response.status_code == 422
    assert "This page wasn't complete" in text(response)
    assert response.content.decode().count(" checked>") == 4
    assert read(hidden_token(response)).edition == edition.pk
    assert Submission.objects.count() == 0


def test_token_of_another_check_is_rejected(client, edition):
    other = edition_of(small(slug="other"))

    response = client.post(CHECK, ANSWERS | {"form_token": token_of(other)})

    assert response.status_code == 422
    assert read(hidden_token(response)).edition == edition.pk


STOPS = ANSWERS | {"safety": "fall"}


def test_page_open_for_days_keeps_its_answers_and_works_at_once(client, edition):
    old = {"form_token": token_of(edition, age=2 * 24 * 3600)}

    response = client.post(CHECK, ANSWERS | old)

    assert response.status_code == 422
    assert "open for more than a day" in text(response)
    assert response.content.decode().count(" checked>") == 4
    renewed = {"form_token": hidden_token(response)}
    assert not read(renewed["form_token"]).too_old


def test_safety_stop_of_a_page_open_for_days_is_shown_at_once(client, edition):
    old = {"form_token": token_of(edition, age=2 * 24 * 3600)}

    assert client.post(CHECK, STOPS | old).status_code == 303


def test_network_that_sent_too_much_keeps_its_answers(client, edition, settings, time_machine):
    settings.ANSWER_LIMIT_NETWORK_HOUR = 2
    time_machine.move_to(datetime(2027, 1, 1, 12, 20, tzinfo=UTC))
    for nonce in "ab":
        token = {"form_token": token_of(edition, nonce)}
        assert client.post(CHECK, ANSWERS | token).status_code == 303

    token = {"form_token": token_of(edition, "c")}
    refused = client.post(CHECK, ANSWERS | token)

    assert (refused.status_code, refused["Retry-After"]) == (429, "2400")
    assert "Wait 40 min and send them again" in text(refused)
    assert refused.content.decode().count(" checked>") == 4
    assert Submission.objects.count() == 2
    assert client.post(CHECK, ANSWERS | token, REMOTE_ADDR="203.0.113.9").status_code == 303
    time_machine.move_to(datetime(2027, 1, 1, 13, 0, tzinfo=UTC))
    assert client.post(CHECK, ANSWERS | {"form_token": hidden_token(refused)}).status_code == 303


def test_safety_stop_is_shown_though_the_network_sent_too_much(client, edition, settings):
    settings.ANSWER_LIMIT_NETWORK_HOUR = 0

    response = client.post(CHECK, STOPS | {"form_token": token_of(edition)})

    assert response.status_code == 200
    assert title(response) == title(client.get(stored(client, edition, settings)))
    assert not re.search(r'(href|action)="/result/', response.content.decode())


def stored(client, edition, settings):
    """The address of the same stop, where it could be stored."""
    settings.ANSWER_LIMIT_NETWORK_HOUR = 1
    return client.post(CHECK, STOPS | {"form_token": token_of(edition)})["Location"]


def test_too_quick_post_is_rejected(client, edition):
    response = client.post(CHECK, ANSWERS | {"form_token": token_of(edition, age=0)})

    assert response.status_code == 422
    assert "That was very quick." in text(response)
    assert response.content.decode().count(" checked>") == 4
    assert Submission.objects.count() == 0


def test_emergency_page_is_never_delayed(client, edition):
    fields = {"form_token": token_of(edition, age=0), "safety": "fall"}

    response = client.post(CHECK, fields)

    assert response.status_code == 303
    assert "Get help now" in text(client.get(response["Location"]))


def test_all_errors_are_shown_and_answers_stay_checked(client, edition):
    fields = {"form_token": token_of(edition), "touch": "knee", "pain": "eleven"}

    response = client.post(CHECK, fields)

    assert response.status_code == 422
    assert title(response) == "Error: Small check · RunFit"
    assert re.findall(r'<li><a target="_self" href="(#\w+)">', response.content.decode()) == [
        "#id_safety_0",
        "#id_pain_0",
        "#id_lifts_0",
    ]
    assert 'id="id_touch_0" checked' in response.content.decode()
    assert Submission.objects.count() == 0


@pytest.mark.parametrize("odd", ["\x00", "\u202e", "x" * 100_000, "'); DROP TABLE", "\r\nX: y"])
@pytest.mark.parametrize("field", ["safety", "touch", "pain", "form_token", "stranger"])
def test_odd_values_are_rejected(client, edition, field, odd):
    fields = ANSWERS | {"form_token": token_of(edition)} | {field: odd}

    assert client.post(CHECK, fields).status_code == 422
    assert Submission.objects.count() == 0


def test_odd_values_are_dropped_at_a_safety_stop(client, edition):
    fields = {"form_token": token_of(edition), "safety": "fall", "touch": "\x00", "\x00": "\x00"}

    assert client.post(CHECK, fields).status_code == 303
    assert Submission.objects.get().answers == {}


def test_too_many_values_are_rejected(client, edition):
    fields = ANSWERS | {"form_token": token_of(edition), "safety": ["none"] * 10_000}

    assert client.post(CHECK, fields).status_code == 400
    assert Submission.objects.count() == 0


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_check_allows_only_get_and_post(client, edition, method):
    assert getattr(client, method)(CHECK).status_code == 405


# The result


def test_result_is_explained(client, answered):
    page = text(client.get(answered()))

    for words in (
        "Reach first",
        "You do not reach far.",
        "Bend every day.",
        "Mind the pain.",
        "Reach Room to grow My knees How far do you reach?",
        "Based on: most of the questions.",
        "2 of 4 points make 50 of 100.",
        "Higher is better.",
        "This score is a learning tool.",
        "We did not see you.",
        "How far do you reach? My knees Reach: 0 of 4 points",
        "This one fits: your “Reach” score is below 60.",
        "It hurts more.",
        "Nobody tested this score.",
        "Ask your doctor.",
        "Call for help.",
        "Draft, not reviewed by a PT or doctor yet.",
    ):
        assert words in page


def test_start_phase_is_marked(client, answered):
    body = client.get(answered(touch="toes")).content.decode()

    assert re.findall(r'<li aria-current="step">(.*?)</li>', body) == ["3. Strength"]


def test_numbers_are_only_in_the_fold(client, answered):
    body = client.get(answered()).content.decode()
    unfolded = without_folds(body)

    assert "of 100" in body
    assert "of 100" not in unfolded
    assert "points" not in unfolded


def test_close_calls_are_said_openly_for_safety_and_folded_for_the_rest(client, answered):
    body = client.get(answered(pain="7")).content.decode()
    unfolded = without_folds(body)

    call = "One point more, and we&#x27;d have sent you to a doctor or PT first."
    assert body.count(call) == unfolded.count(call) == 1
    close = "With “My toes” for “How far do you reach?”, it would be “Ready to lift”."
    assert (body.count(close), unfolded.count(close)) == (1, 0)


def test_area_without_a_score_claims_nothing(client, answered):
    body = client.get(answered(touch="never", pain="2")).content.decode()

    assert '<strong class="tag">Not checked yet</strong>' in body
    assert "On track" not in body
    assert body.count('<svg class="bar"') == 1
    assert body.count('<span class="bar unknown">') == 1
    assert body.count('fill="url(#hatch)"') == 1


@pytest.mark.parametrize(
    ("sign_off", "shown"), [("Run happy!\nAna", "Run happy!<br>Ana"), ("Happy running!", "")]
)
def test_why_is_open_and_ends_in_the_practices_own_words(client, sign_off, shown):
    Practice.objects.create(sign_off=sign_off)
    data = small(why={"title": "What may be going on", "text": "A pair.\n\n**Cake** first."})
    data["notices"][0]["in_why"] = True
    edition = edition_of(data)
    fields = ANSWERS | {"form_token": token_of(edition)}

    body = client.get(client.post(CHECK, fields)["Location"]).content.decode()

    why = body.partition("<h2>What may be going on</h2>")[2].partition("</section>")[0]
    assert "<p>A pair.</p>\n<p><strong>Cake</strong> first.</p>\n" in why
    assert "<p>Mind the pain.</p>" in why
    assert body.count("Mind the pain.") == 1
    assert why.count("sign-off") == bool(shown)
    assert shown in why


def test_result_is_private(client, answered):
    response = client.get(answered())

    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_warm_result_runs_one_query(client, answered, django_assert_num_queries, extras):
    Practice.objects.create()
    url = answered()
    client.get(url)

    with django_assert_num_queries(1 + SAVEPOINT):
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("token", ["nobody-s", "x" * 43, "a" * 2000])
def test_unknown_result_is_not_found(client, token):
    assert client.get(f"/result/{token}/").status_code == 404
    assert client.post(f"/result/{token}/clearance/").status_code == 404


@pytest.fixture
def extras(monkeypatch):
    """The context hooks of other apps, emptied; tests add their own."""
    monkeypatch.setattr(hooks, "result_context", [])
    return hooks.result_context


def test_other_apps_add_context_to_the_result(client, answered, extras):
    url = answered()
    extras.append(lambda request, submission: {"added": submission.token})

    assert client.get(url).context["added"] == Submission.objects.get().token


# Safety


def test_safety_stop_replaces_the_result(client, answered, extras):
    extras.append(lambda request, submission: {"guide_form": "never"})

    response = client.get(answered(safety="fall"))
    page = text(response)

    assert response.status_code == 200
    assert title(response) == "Get help now · RunFit"
    for words in (
        "Please call someone.",
        "Tell them what happened.",
        "Good to know.",
        "You checked: “I had a fall.”",
        "A list like this can't rule anything out.",
    ):
        assert words in page
    for words in ("of 100", "Reach first", "guide"):
        assert words not in page
    assert "<form" not in response.content.decode()
    assert "guide_form" not in response.context


def stop_page(client, body):
    data = small()
    data["safety"]["levels"]["stop"]["body"] = body
    fields = ANSWERS | {"safety": "fall", "form_token": token_of(edition_of(data))}
    return client.get(client.post(CHECK, fields)["Location"]).content.decode()


@pytest.mark.parametrize(
    ("body", "offered"),
    [
        ("Call {emergency} now. Rest.", True),
        ("Get seen today.\n\nCall {emergency} if you faint.", False),
        ("Book a visit.", False),
    ],
)
def test_a_call_is_offered_only_where_it_comes_first(client, body, offered):
    Practice.objects.create(country="GB")

    page = stop_page(client, body)

    assert ('<a class="btn btn-big" href="tel:999">Call 999</a>' in page) == offered


@pytest.mark.parametrize(
    ("body", "link", "offered"),
    [
        ("Be seen this week.", "https://book.test/", True),
        ("Be seen this week.", "", False),
        ("Be seen today.\n\nCall {emergency} if you faint.", "https://book.test/", False),
    ],
)
def test_a_visit_can_be_booked_where_it_can_wait_for_one(client, body, link, offered):
    Practice.objects.create(booking_link=link)

    page = stop_page(client, body)

    assert ('<a class="btn btn-big" href="https://book.test/">Book a visit</a>' in page) == offered
    assert ('<div class="stop stop-wait">' in page) == ("Call" not in body)


def test_answers_can_trigger_a_safety_stop(client, answered):
    page = text(client.get(answered(pain="8")))

    assert "Get help now" in page
    assert "From your answers: pain of 8 or more." in page


def test_result_is_hidden_until_clearance(client, answered, extras):
    extras.append(lambda request, submission: {"guide_form": "later"})

    response = client.get(answered(safety="young"))

    assert title(response) == "Ask first · RunFit"
    assert "Reach first" not in text(response)
    assert "guide_form" not in response.context


def test_clearance_page_promises_nothing(client, answered):
    page = text(client.get(answered(safety="young")))

    for words in (
        "Someone who knows you should say yes.",
        "You checked: “I am under 18.”",
        "A list like this can't rule anything out.",
        "Once you're cleared",
        "My doctor or PT cleared me",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        ({"safety": "fall"}, ["Of a fall"]),
        ({"safety": "young"}, ["Of the young"]),
        ({"pain": "9"}, ["Of pain"]),
        ({"safety": ["fall", "young"], "pain": "9"}, ["Of a fall", "Of pain"]),
    ],
)
def test_notes_of_the_level_are_shown_to_those_they_are_for(client, answers, shown):
    safety = deepcopy(SMALL["safety"])
    safety["items"][0]["note"] = "Of a fall: {emergency}"
    safety["items"][1]["note"] = "Of the young"
    safety["derived"][0]["note"] = "**Of pain**"
    edition = edition_of(small(safety=safety))
    fields = ANSWERS | {"form_token": token_of(edition)} | answers

    response = client.get(client.post(CHECK, fields)["Location"])

    assert re.findall(r"Of a fall|Of the young|Of pain", text(response)) == shown
    assert "{emergency}" not in text(response)


def test_clearance_shows_the_result(client, answered, extras):
    extras.append(lambda request, submission: {"offered": True})
    url = answered(safety="young")

    response = client.post(f"{url}clearance/", {"cleared": "on"})

    assert (response.status_code, response["Location"]) == (303, url)
    page = client.get(url)
    assert title(page) == "Reach first · RunFit"
    assert page.context["offered"]
    assert Submission.objects.get().cleared_at is not None


def test_level_can_rule_out_the_guide(client, extras):
    safety = deepcopy(SMALL["safety"])
    safety["levels"]["wait"]["guide"] = "never"
    edition = edition_of(small(safety=safety))
    extras.append(lambda request, submission: {"offered": True})
    fields = ANSWERS | {"safety": "young", "form_token": token_of(edition)}
    url = client.post(CHECK, fields)["Location"]
    client.post(f"{url}clearance/", {"cleared": "on"})

    page = client.get(url)

    assert title(page) == "Reach first · RunFit"
    assert "offered" not in page.context


def test_clearance_needs_the_box(client, answered):
    url = answered(safety="young")
    assert re.search(r'<input[^>]*name="cleared"[^>]*required', client.get(url).content.decode())

    page = client.post(f"{url}clearance/")

    assert page.status_code == 422
    assert "Check this box once you&#x27;re cleared." in page.content.decode()
    assert Submission.objects.get().cleared_at is None


def test_clearance_twice_needs_no_box(client, answered):
    url = answered(safety="young")
    client.post(f"{url}clearance/", {"cleared": "on"})

    assert client.post(f"{url}clearance/").status_code == 303


@pytest.mark.parametrize("pain", [["9", "1"], ["1", "9"], ["1", "1"]])
def test_two_answers_to_one_question_are_refused(client, edition, pain):
    fields = ANSWERS | {"pain": pain, "form_token": token_of(edition)}

    page = client.post(CHECK, fields)

    assert page.status_code == 422
    assert not Submission.objects.exists()


def test_clearance_does_not_lift_a_safety_stop(client, answered):
    url = answered(safety="fall")

    client.post(f"{url}clearance/", {"cleared": "on"})

    assert title(client.get(url)) == "Get help now · RunFit"


def test_clearance_must_be_a_post(client, answered):
    assert client.get(f"{answered(safety='young')}clearance/").status_code == 405


# Other pages


@pytest.mark.parametrize(
    ("practice", "said"),
    [
        ({}, "There's no address here yet. Please come back later."),
        ({"reply_to": "ana@a.test"}, "Reply to any of our emails."),
        ({"sender_address": "ana@a.test"}, "Reply to any of our emails."),
        ({"postal_address": "1 Hill\r\nStride"}, "Write to 1 Hill, Stride."),
        (
            {"reply_to": "ana@a.test", "postal_address": "1 Hill\nStride"},
            "Reply to any of our emails, or write to 1 Hill, Stride.",
        ),
    ],
)
@pytest.mark.parametrize("path", ["/privacy/", "/accessibility/"])
def test_pages_name_only_ways_to_reach_her_that_exist(client, path, practice, said):
    Practice.objects.create(**practice)

    page = text(client.get(path)).partition("This is for learning only. It doesn't")[0]

    assert said in page
    assert "{" not in page
    assert "@" not in page


def test_accessibility_page_shows_the_statement_of_the_practice(client):
    Practice.objects.create(accessibility_statement="Hello.\n\nWhat works\nMost <things>.")

    response = client.get("/accessibility/")

    assert title(response) == "Accessibility · RunFit"
    body = response.content.decode()
    assert "<p>Hello.</p>" in body
    assert "<h2>What works</h2>\n<p>Most &lt;things&gt;.</p>" in body
    assert '<a href="/accessibility/">Accessibility</a>' in client.get("/privacy/").content.decode()


def test_privacy_page_shows_the_notice_of_the_practice(client):
    notice = "We keep <little>.\r\n\r\nWho sees it\nWe.\nNobody else."
    Practice.objects.create(privacy_notice=notice)

    body = client.get("/privacy/").content.decode()

    assert "<p>We keep &lt;little&gt;.</p>" in body
    assert "<h2>Who sees it</h2>\n<p>We.<br>\nNobody else.</p>" in body


def test_accent_color_is_served_as_a_style_sheet(client):
    Practice.objects.create(accent_colour="#123456")

    page, sheet = client.get("/privacy/"), client.get("/practice-123456.css")

    assert 'href="/practice-123456.css"' in page.content.decode()
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert sheet.content == b":root{--accent:#123456}\n"
    assert "immutable" in sheet["Cache-Control"]


def test_pages_have_no_inline_scripts_or_styles(client, answered):
    """The content security policy would block them."""
    url = answered()

    for path in ("/", CHECK, url, "/privacy/"):
        body = client.get(path).content.decode()
        assert not re.search(r"<style|<script(?! src=./static/)|\sstyle=|\son\w+=", body)


# Language


def test_pages_use_the_language_of_the_self_check(client):
    edition_of(small(language="es"))
    with translation.override("es"):
        words = gettext("Show my result")

    body = client.get(CHECK).content.decode()

    assert words != "Show my result"
    assert words in body
    assert '<html lang="es" dir="ltr">' in body
    assert '<main id="main" lang="es" dir="ltr">' in body


def test_language_without_a_translation_is_marked_on_the_content(client):
    edition_of(small(language="tlh"))

    body = client.get(CHECK).content.decode()

    assert "Show my result" in body
    assert '<html lang="en" dir="ltr">' in body
    assert '<main id="main" lang="tlh" dir="ltr">' in body


def test_language_is_reset_after_a_page(client):
    edition_of(small(language="es"))

    client.get(CHECK)

    assert '<html lang="en" dir="ltr">' in client.get("/privacy/").content.decode()
