"""On pages in Spanish, texts that aren't translated yet are marked as English (WCAG 3.1.2)."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser

import pytest
from django.test import Client

from assessments.definition import Definition
from assessments.models import Assessment, Submission
from assessments.publishing.services import assessment_publish
from assessments.publishing.translations import translation_add, translation_save
from assessments.selectors import edition_definition, edition_live
from assessments.submissions.services import submission_create
from guides import selectors
from guides.consents.wording import ASK
from guides.content import GuideContent
from guides.guide_requests.services import guide_request
from guides.mail import messages
from guides.models import Delivery, Guide
from guides.publishing.services import GuideDraft
from guides.publishing.translations import guide_translation_add, guide_translation_save
from guides.signed_links import guide_token
from runfit.lib.json_format.foreign_texts import ForeignText
from tests.guides.conftest import ANSWERS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_content")]

VOID = {"br", "hr", "img", "input", "link", "meta", "source"}
UNMARKABLE = {"title", "style", "script"}
SHORT = 12  # characters: a shorter text may be part of another one
SELF_CHECK = {"title": "Prueba de cadera", "profiles/strength_gap/first_step": "Haz fuerza."}
GUIDE = {"title": "Guía de fuerza", "exercises/m1_switch/name": "Cambio de cadera"}


class Texts(HTMLParser):
    """The texts of a page, each with its language, and those that can't have one."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open = [("", "")]
        self.texts: list[tuple[str, str]] = []
        self.unmarkable: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.unmarkable += values.values()
        language = values.get("lang") or self.open[-1][1]
        self.texts.append((language, values.get("alt", "")))
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unmarkable += [value or "" for _, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, language = self.open[-1]
        if tag in UNMARKABLE:
            self.unmarkable.append(data)
        else:
            self.texts.append((language, data.strip()))


def foreign(value: object) -> Iterator[str]:
    """All texts of a content in another language."""
    if isinstance(value, ForeignText):
        yield str(value)
    elif isinstance(value, dict):
        yield from foreign([*value.values()])
    elif isinstance(value, tuple | list):
        for each in value:
            yield from foreign(each)
    elif is_dataclass(value):
        yield from foreign([getattr(value, field.name) for field in fields(value)])


def publish() -> tuple[Definition, GuideContent]:
    original = Guide.objects.get()
    assessment = translation_add(original=original.assessment, language="es")
    translation_save(translation=assessment, typed=SELF_CHECK, seen=SELF_CHECK)
    draft = Assessment.objects.get(pk=assessment.pk)
    edition = assessment_publish(assessment=draft, user=None)
    guide = guide_translation_add(original=original, language="es")
    guide_translation_save(translation=guide, typed=GUIDE, seen=GUIDE)
    guide_edition = GuideDraft(Guide.objects.get(pk=guide.pk)).freeze(guide=guide)  # without PDFs
    return edition_definition(edition), selectors.guide_content(guide_edition)


def submit(*safety: str) -> Submission:
    edition = edition_live("tight-hips-es")
    assert edition is not None
    created = submission_create(
        edition=edition, answers=ANSWERS, safety=[*safety], nonce=str(safety)
    )
    return Submission.objects.select_related("edition__assessment").get(token=created.token)


def ask(submission: Submission) -> Delivery:
    edition = selectors.guide_for(submission)
    assert edition is not None
    guide_request(
        submission=submission,
        edition=edition,
        email="runner@example.org",
        words={"guide": ASK},
        network="203.0.113.9",
    )
    delivery = selectors.deliveries_of(submission).first()
    assert delivery is not None
    return delivery


def test_english_texts_on_spanish_pages_are_marked(client: Client) -> None:
    definition, content = publish()
    english = {text for text in foreign([definition, content]) if len(text) >= SHORT}
    result = submit("none")
    delivery = ask(result)
    assert delivery.link is not None
    guide = f"/guide/{guide_token(delivery.link)}/"
    check = "/check/tight-hips-es/"
    stops = {item.level: item.key for item in definition.safety.items}
    paths = [
        "/es/",
        check,
        f"{check}example/",
        f"{check}results/strength_gap/",
        f"/result/{result.token}/",
        f"/result/{result.token}/sheet/",
        *(f"/result/{submit(key).token}/" for key in stops.values()),
        guide,
        f"{guide}session/1/",
        f"{guide}secret/",
        f"{guide}safety/",
        *(f"{guide}safety/{level}/" for level in stops),
    ]
    pages = {path: client.get(path).content.decode() for path in paths}
    pages["email"] = str(messages.build(delivery).alternatives[0][0])  # type: ignore[union-attr]
    own = {*SELF_CHECK.values(), *GUIDE.values()}

    for path, page in pages.items():
        read = Texts(page)
        texts = [(language, text) for language, text in read.texts if len(text) >= SHORT]
        marked = {text for language, text in texts if language == "en"}
        others = {text for language, text in texts if language != "en"}
        assert marked, path
        assert not marked & own, path
        assert [text for text in others if any(text in each for each in english)] == [], path
        assert [text for text in {*others, *read.unmarkable} if "<span" in text] == [], path
    assert own <= {text for page in pages.values() for _, text in Texts(page).texts}
