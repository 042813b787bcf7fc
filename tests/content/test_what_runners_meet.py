"""Walks thousands of made-up runners through everything they'd read: result, email, guide page,
sessions, and PDF. No two sentences may contradict each other, and no limit may be missing.

Pages of runners with the same result type and safety answers differ only in what the result says.
So one runner of each kind really opens them (a journey), and the others add their own result to
that.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import unescape
from itertools import islice
from random import Random

import pytest
from django.contrib.humanize.templatetags.humanize import apnumber
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from assessments.definition import Answer, Definition
from assessments.models import Submission
from assessments.runner.explanation import Explanation, explanation
from assessments.scoring import score
from assessments.selectors import edition_definition, edition_live
from assessments.submissions.services import submission_clear, submission_create
from guides import selectors, signed_links
from guides.consents.wording import ASK
from guides.guide_requests.services import guide_request
from guides.mail import messages
from guides.models import Delivery, DownloadLink, GuideEdition
from guides.pdf.build import guide_build
from tests.guides.pdf.test_render import text_of
from tests.support.readers import GROUPS, answer_sets
from tests.support.sentences import html_sentences, sentences

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("walk"),  # in one process, since they're walked once in each
]

RUNNERS = 2400
PROFILES = (
    "fresh_load", "mobility_first", "activation_first", "strength_gap", "persistent_unclear",
    "ready_maintain",
)  # fmt: skip
SAFETY = {"none": 0.7, "hip_replacement": 0.1, "pregnant": 0.1, "told_no": 0.1}
PRINTED = {(profile, "none") for profile in PROFILES} | {("mobility_first", key) for key in SAFETY}
"""A PDF takes a second, so only these runners' are read."""

LIMIT = "pain in a run stays at 2 out of 10 or less and is back to normal within an hour"

# Pairs of sentences that no runner may meet together. Some runner meets each of them.
OPPOSITES = [
    ("^It's new, but it's there most days", "^It's new, and it never really goes away"),
    ("^It comes after certain runs", "there most days|never really goes away\\."),
    ("^(It's new, |Your tightness is new)", "^It's (been there|come and gone) for"),
    ("^It's been there for months", "^It's been there for more than a year"),
    ("^It's come and gone for months", "^It's come and gone for more than a year"),
    ("^It's been there for", "^It's come and gone for"),
    ("^Book one, and do your plan too", "when you finish your plan, have a PT look at it"),
    ("^Book one, and do your plan too", "^If it's still like this at the 3-month mark"),
    ("^Months of tightness is enough", "when you finish your plan, have a PT look at it"),
    ("until you've been seen\\.$", "^Then bring the others back, one at a time"),
    ("until you've been seen\\.$", "train as usual\\.$|keep your normal running"),
    ("^Yes, if pain in a run", "^You can, but cut back for 2 weeks"),
    ("^We don't know yet how you move", "^Your (reach|bed-edge check|bridge) was close"),
    ("^We don't know yet how you move", "^You already fold a long way forward"),
    ("^We don't know yet how you move", "[Nn]othing you checked says"),
    ("^You skipped the reach check", "^Your reach was close to the line"),
    ("^At mid-shin, you wouldn't start with mobility", "^One spot higher on your legs"),
    ("^Start with mobility", "[Nn]othing you checked says"),
    ("^You felt the bridge in your low back", "^You felt the bridge in your hamstring"),
    ("^You felt the bridge in your low back", "^Your hamstrings may be doing"),
    ("^You couldn't lift your hips level", "^You felt the bridge in"),
    ("^Your bridge was close to the line", "^You (felt the bridge|couldn't lift)"),
    ("^You said 5 out of 10", "^You said 2 out of 10"),
    ("^In your exercises, 0 to 2 out of 10 is fine", "^You said 2 out of 10"),
    ("^If it doesn't help you, feel free to drop it", "^Relief that fades in hours"),
    ("^You haven't tried anything yet", "^You've (tried|rolled)"),
    ("takes 6 weeks\\.$", "takes? 4|\\(4 weeks\\)"),
    ("\\(6 weeks\\)", "\\(4 weeks\\)"),
    ("^Just over 6 weeks", "^Your tightness is new|^It's (been there|come and gone) for (mon|more)"),
]  # fmt: skip

# What no runner may meet.
NEVER = [
    "Good news", "^Yes, but", "[Cc]linician", "\\b[Tt]ick(ed|ing)?\\b", "you move well",
    "[Yy]our glutes (seem to )?join in", "turned off", "half your glute", "doing your glutes' job",
    "In all:", "why stretching do", "prevents? (hamstring|injur)", "\\{\\w+\\}", "[Bb]e brave",
    "^(Run|Train) as usual", "^Normal training", "^Keep your normal running",
]  # fmt: skip

# What everyone with a plan must meet, on the page named.
LIMITS = {
    "result": ["^(See someone if|.*see a PT or doctor)", "^In an emergency, call 911"],
    "guide": [
        "^3 to 5: do less", "^Over 5, a limp, or worse the next morning: stop",
        "^Chest pain, fainting, or trouble breathing", "^Call 911", "within 1 to 2 days",
        "keep each run no more than 10% longer than your longest run of the last 30 days",
        "2 out of 10 or less, and back to normal within an hour",
    ],
    "session": ["^3 to 5: do less", "^Chest pain, fainting, or trouble breathing"],
}  # fmt: skip


@dataclass(frozen=True)
class Runner:
    """`own` are the sentences that their result alone decides."""

    answers: Mapping[str, Answer]
    safety: str
    profile: str
    explained: Explanation
    own: frozenset[str]


@dataclass(frozen=True)
class Journey:
    """What the first runner of a kind read, by page. `shown` are the score areas as shown on the
    result."""

    runner: Runner
    pages: Mapping[str, frozenset[str]]
    shown: Mapping[str, str]

    @property
    def shared(self) -> frozenset[str]:
        """What others of the same kind read too."""
        return frozenset().union(*self.pages.values()) - self.runner.own


@dataclass(frozen=True)
class Walk:
    definition: Definition
    runners: list[Runner]
    journeys: Mapping[tuple[str, str], Journey]

    def read(self, runner: Runner) -> frozenset[str]:
        """Every sentence that this runner meets."""
        return self.journeys[runner.profile, runner.safety].shared | runner.own


walked: list[Walk] = []


@pytest.fixture
def walk(default_content: None, client: Client) -> Walk:
    """Walked once for all tests."""
    if not walked:
        edition = edition_live("tight-hips")
        assert edition is not None
        definition = edition_definition(edition)
        runners = list(scored_runners(definition))
        first = {(runner.profile, runner.safety): runner for runner in reversed(runners)}
        journeys = {kind: journey(client, runner) for kind, runner in first.items()}
        walked.append(Walk(definition, runners, journeys))
    return walked[0]


def scored_runners(definition: Definition) -> Iterator[Runner]:
    """As many as asked for, from each group alike; those that a safety level stops don't count."""
    rng = Random(7)
    for seed, group in enumerate(GROUPS.values()):
        found = (
            runner
            for answers in answer_sets(definition, group, RUNNERS, seed=seed)
            if (runner := scored_runner(definition, answers, rng))
        )
        yield from islice(found, RUNNERS // len(GROUPS))


def scored_runner(
    definition: Definition, answers: Mapping[str, Answer], rng: Random
) -> Runner | None:
    [safety] = rng.choices([*SAFETY], [*SAFETY.values()])
    result = score(definition, answers, [safety])
    if result.stopped or result.profile is None:
        return None
    explained = explanation(definition, result)
    own = frozenset().union(*map(own_sentences, own_texts(explained)))
    return Runner(answers, safety, result.profile, explained, own)


own_sentences = cache(sentences)  # runners share most of their texts


def own_texts(explained: Explanation) -> Iterator[str]:
    yield from explained.notices
    yield from explained.in_why
    yield from (answer for _, answer in explained.faq)
    yield from (area.word for area in explained.areas.values())
    yield from (line.answer for line in explained.answers)
    yield from (line.reason for line in explained.tried)


def journey(client: Client, runner: Runner) -> Journey:
    """Answers, gets cleared, reads the result, asks for the guide, and reads it all."""
    submission = stored(runner)
    if submission.awaits_clearance:
        submission_clear(submission=submission)
    result = client.get(f"/result/{submission.token}/").content.decode()
    delivery = asked(submission)
    link = delivery.link
    guide = f"/guide/{signed_links.guide_token(link)}/"
    plan = selectors.guide_for_link(link)[0].plan(runner.profile)
    pages = {"result": html_sentences(result), "guide": read(client, guide)}
    pages["mail"] = mail_sentences(messages.build(delivery))
    for number in range(1, len(plan.blocks) + 1):
        pages[f"session {number}"] = read(client, f"{guide}session/{number}/")
    if (runner.profile, runner.safety) in PRINTED:
        pages["pdf"] = sentences(printed(link))
    return Journey(runner, pages, dict(areas_shown(result)))


def stored(runner: Runner) -> Submission:
    created = submission_create(
        edition=edition_live("tight-hips"),
        answers=dict(runner.answers),
        safety=[runner.safety],
        nonce=f"{runner.profile} {runner.safety}",
    )
    return Submission.objects.select_related("edition__assessment").get(token=created.token)


def asked(submission: Submission) -> Delivery:
    guide_request(
        submission=submission,
        edition=selectors.guide_for(submission),
        email=f"runner{submission.pk}@example.org",
        words={"guide": ASK},
        network=f"203.0.113.{submission.pk % 250}",
    )
    return selectors.deliveries_of(submission).get()


def read(client: Client, path: str) -> frozenset[str]:
    response = client.get(path)
    assert response.status_code == 200
    return html_sentences(response.content.decode())


def mail_sentences(message: EmailMultiAlternatives) -> frozenset[str]:
    [html] = [each.content for each in message.alternatives]
    return sentences(message.subject) | sentences(message.body) | html_sentences(html)


def printed(link: DownloadLink) -> str:
    content = selectors.guide_content(link.edition)
    advice = selectors.runner_advice(link.submission)
    pdf = guide_build(
        content=content, guide=link.edition.guide, profile=link.profile, paper="a4", advice=advice
    )
    return text_of(pdf.content)


def areas_shown(result: str) -> Iterator[tuple[str, str]]:
    """Each score area's label, and the HTML under it."""
    areas = result.partition('id="areas"')[2].partition("</section>")[0]
    for block in re.split('<(?:details|div) class="area"', areas)[1:]:
        label, _, rest = block.partition("<h3>")[2].partition("</h3>")
        yield unescape(label), rest


@cache
def opposites_in(sentence: str) -> frozenset[tuple[tuple[str, str], int]]:
    """The pairs that the sentence is a side of."""
    return frozenset(
        (pair, side)
        for pair in OPPOSITES
        for side, pattern in enumerate(pair)
        if re.search(pattern, sentence)
    )


@cache
def sides_of(read: frozenset[str]) -> frozenset[tuple[tuple[str, str], int]]:
    return frozenset().union(*map(opposites_in, read))


def sides_met(walk: Walk, runner: Runner) -> frozenset[tuple[tuple[str, str], int]]:
    shared = walk.journeys[runner.profile, runner.safety].shared
    return sides_of(shared) | sides_of(runner.own)


def test_runners_of_every_kind_are_walked(walk):
    kinds = {(profile, safety) for profile in PROFILES for safety in SAFETY}

    assert [profile.key for profile in walk.definition.profiles] == list(PROFILES)
    assert len(walk.runners) == RUNNERS
    assert set(walk.journeys) == kinds
    assert {kind for kind in kinds if "pdf" in walk.journeys[kind].pages} == PRINTED


def test_no_two_sentences_contradict_each_other(walk):
    found = {
        (pair, runner.profile)
        for runner in walk.runners
        for met in [sides_met(walk, runner)]
        for pair in OPPOSITES
        if {(pair, 0), (pair, 1)} <= met
    }

    assert found == set()


def test_some_runner_meets_each_side_of_each_pair(walk):
    met = frozenset().union(*(sides_met(walk, runner) for runner in walk.runners))

    assert met == {(pair, side) for pair in OPPOSITES for side in (0, 1)}


def test_nobody_meets_what_must_never_be_said(walk):
    read = frozenset().union(*(walk.read(runner) for runner in walk.runners))

    assert [text for text in read if any(re.search(words, text) for words in NEVER)] == []


@pytest.mark.parametrize(
    ("kind_of_page", "limit"),
    [(kind_of_page, limit) for kind_of_page, limits in LIMITS.items() for limit in limits],
)
def test_limits_stand_on_every_page(walk, kind_of_page, limit):
    lacking = [
        (kind, name)
        for kind, journey in walk.journeys.items()
        for name, read in journey.pages.items()
        if name.startswith(kind_of_page) and not any(re.search(limit, text) for text in read)
    ]

    assert lacking == []


def test_result_and_guide_say_when_running_is_too_much(walk):
    unlimited = [runner for runner in walk.runners if not any(LIMIT in text for text in runner.own)]

    assert unlimited == []


def test_pages_say_what_the_result_says(walk):
    """So what the other runners' results say stands on theirs."""
    for journey in walk.journeys.values():
        pages = journey.pages
        answers, advice = repeated_sentences(walk.definition, journey.runner)
        assert journey.runner.own <= pages["result"]
        assert answers | advice <= pages["guide"]
        assert all(advice <= pages[name] for name in pages if name.startswith("session"))
        assert answers | advice <= pages.get("pdf", answers | advice)


def repeated_sentences(
    definition: Definition, runner: Runner
) -> tuple[frozenset[str], frozenset[str]]:
    """What the guide has to say again: answers with the why, and advice."""
    result = score(definition, runner.answers, [runner.safety])
    notices = [definition.notice(key) for key in result.notices]
    told = [notice for notice in notices if notice.in_guide and not notice.faq]
    advice = [notice.text for notice in told if not notice.in_why]
    answers = [answer for _, answer in runner.explained.faq]
    answers += [notice.text for notice in told if notice.in_why]
    return sentences("\n".join(answers)), sentences("\n".join(advice))


def test_an_area_that_was_not_checked_claims_nothing(walk):
    for journey in walk.journeys.values():
        for area in journey.runner.explained.areas.values():
            shown = journey.shown[area.label]
            assert ("Not checked yet" in shown) == (area.score is None)
            assert ("On track" in shown or "Room to grow" in shown) == bool(
                area.gate and area.score is not None
            )
            assert ('<svg class="bar' in shown) == (area.score is not None)
            assert ('class="bar unknown"' in shown) == (area.score is None)
            assert ('class="captions"' in shown) == bool(area.checks)
            assert ("This check may not be for you" in shown) == (
                area.score is None and not area.checks
            )
    unmeasured = [
        area
        for runner in walk.runners
        for area in runner.explained.areas.values()
        if area.score is None
    ]
    assert {area.word for area in unmeasured} == {"Not checked yet"}
    assert {area.label for area in unmeasured} == {
        "Backs of your legs", "Front of the hip", "Glutes",
    }  # fmt: skip


def test_who_is_past_mobility_has_nothing_to_gain_there(walk):
    """Their result says that none of their checks puts mobility first."""
    past = {"activation_first", "strength_gap", "persistent_unclear", "ready_maintain"}
    words = {
        area.word
        for runner in walk.runners
        if runner.profile in past
        for area in runner.explained.areas.values()
        if area.label in {"Backs of your legs", "Front of the hip"}
    }

    assert words == {"On track", "Not checked yet"}


def test_months_of_it_on_most_days_lead_to_a_visit(walk):
    long = [
        runner
        for runner in walk.runners
        if runner.answers["duration"] in {"3to12m", "gt12m"}
        and runner.answers["pattern"] in {"after_most", "most_days", "always"}
    ]

    assert len(long) > RUNNERS / 4
    assert all(any("Book one" in text for text in runner.own) for runner in long)


def test_email_says_how_long_the_check_takes(default_content):
    guide = GuideEdition.objects.get()
    minutes = edition_definition(edition_live("tight-hips")).minutes

    follow_up = selectors.guide_content(guide).emails.follow_up

    assert f"They take about {apnumber(minutes)} minutes." in " ".join(follow_up.body)


LEFT_OUT = {
    "hip_replacement": [
        "Hip switches", "Hands-and-knees rock back", "Bed-edge leg lower",
        "Step-up with a slow return",
    ],
    "pregnant": ["Strap leg raise and lower", "Heels-close bridge", "Bridge march"],
}  # fmt: skip


def test_exercises_that_the_cleared_leave_out_are_in_no_session(walk):
    asked = {
        safety: {
            text
            for profile in PROFILES
            for name, read in walk.journeys[profile, safety].pages.items()
            if name.startswith("session")
            for text in read
            if text.startswith("Done: ")
        }
        for safety in SAFETY
    }

    for safety, names in LEFT_OUT.items():
        done = {f"Done: {name}" for name in names}
        assert done <= asked["none"]
        assert not done & asked[safety]


XRAY = "An early X-ray can miss a stress fracture of the hip."
FIRST_WORDS = {
    "emergency": "Call 911 (999 or 112 outside the US) or go to an emergency room now.",
    "today": "Get seen today: same-day clinic, urgent care, or emergency room.",
    "soon": "Be seen within 1 to 2 days.",
    "visit": "Book a visit with a doctor or PT within 1 to 2 weeks.",
    "check": "Ask a doctor or PT who knows you before you start.",
}


def test_safety_pages_say_one_thing(client, default_content):
    edition = edition_live("tight-hips")
    safety = edition_definition(edition).safety
    answers = next(case.answers for case in edition_definition(edition).cases if case.answers)

    for item in safety.items:
        made = submission_create(
            edition=edition, answers=dict(answers), safety=[item.key], nonce=item.key
        )
        page = client.get(f"/result/{made.token}/").content.decode()
        read = html_sentences(page)
        said = {level for level, words in FIRST_WORDS.items() if words in read}
        assert said == {item.level}
        assert (XRAY in read) == (item.key in {"impact", "night", "bone"})
        assert any(text.startswith("A list like this can't rule anything out") for text in read)
        assert ('href="tel:911">Call 911</a>' in page) == (item.level == "emergency")
        assert 'type="email"' not in page
        assert 'class="area"' not in page
        assert [text for text in read if any(re.search(words, text) for words in NEVER)] == []


def test_a_note_that_holds_for_several_items_stands_once(client, default_content):
    made = submission_create(
        edition=edition_live("tight-hips"),
        answers={},
        safety=["impact", "night", "bone", "fall"],
        nonce="bones",
    )

    page = client.get(f"/result/{made.token}/").content.decode()

    assert page.count(XRAY) == 1


@pytest.mark.parametrize(
    ("changes", "level", "words"),
    [
        ({"worst_pain": 8}, "soon", "From your answers: worst pain of 8 or more"),
        ({"worst_pain": 6}, "visit", "If it gets to 8, be seen within 1 to 2 days."),
        ({"duration": "none", "worst_pain": 3}, "check", "This isn't tightness."),
    ],
)
def test_pain_leads_to_a_safety_page(client, default_content, changes, level, words):
    edition = edition_live("tight-hips")
    answers = next(case.answers for case in edition_definition(edition).cases if case.answers)
    made = submission_create(
        edition=edition, answers={**answers, **changes}, safety=["none"], nonce="pain"
    )

    read = html_sentences(client.get(f"/result/{made.token}/").content.decode())

    assert {name for name, first in FIRST_WORDS.items() if first in read} == {level}
    assert any(text.startswith(words) for text in read)
