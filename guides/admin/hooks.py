"""Hook functions that add guides to the admin's index, self-check, and practice pages."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.desk.links import address_of
from assessments.hooks import Chapter, Link, OnboardingStep, Passage, Preview, passage_lines
from assessments.selectors import safety_items_clearable
from guides.admin.emails.preview import MailPreview, guide_pictures
from guides.admin.findings import GuideRowLocator
from guides.content import ContentError, Dose
from guides.content.pictures import pictures_of
from guides.models import Guide, Plan
from guides.publishing.changes import WORDS
from guides.publishing.sample_emails import guide_email_samples
from runfit.lib.history import TEST_SENT
from runfit.lib.translation import translated

EXERCISE_WORDS = (
    "target", "equipment", "pictures_in_words", "dose", "position", "steps", "cues",
    "common_mistakes", "easier", "harder", "stop_if", "skip_if", "skip_for", "instead",
    "evidence_note", "video_url",
)  # fmt: skip
RULE_WORDS = (
    "order", "warm_up", "pain_rule", "stop_at_once", "regress", "missed", "with_running", "runs",
)  # fmt: skip
EMAIL_WORDS = ("other_subjects", "preview", "body", "button")
PROGRESS_WORDS = ("mobility", "activation", "strength", "one_change")


def guide_chapters(assessment: Any) -> list[Chapter]:
    """The draft guide's text as chapters for proofreading."""
    guide = Guide.objects.filter(assessment=assessment).first()
    if guide is None:
        return []
    passages = GuidePassages(GuideRowLocator(guide))
    return [
        Chapter(_("The guide"), tuple(passages.guide())),
        Chapter(_("Exercises"), tuple(passages.exercises())),
        Chapter(_("Plans"), tuple(passages.plans())),
        Chapter(_("The emails"), tuple(passages.email())),
    ]


class GuidePassages:
    """Splits a guide's data into passages for proofreading."""

    def __init__(self, locator: GuideRowLocator) -> None:
        self.locator = locator
        self.data = locator.data

    def passage(self, where: str, title: str, data: Mapping[str, Any], *names: str) -> Passage:
        labelled = passage_lines(data, names, WORDS.fields)
        return Passage(title, self.locator.address(where), tuple(labelled))

    def guide(self) -> Iterator[Passage]:
        yield self.passage("guide", self.data["title"], self.data, "introduction", "disclaimer")
        for phase in self.data["phases"]:
            yield self.passage("guide", phase["title"], phase, "picture", "text")
        yield self.passage("guide", _("What we know"), self.data["evidence"], "known", "limits")
        yield self.passage("guide", _("Safety"), self.data, "see_someone")
        yield self.passage(
            "guide", _("Your secret"), self.data["secret"], "title", "text", "invitation"
        )
        if "shared_rules" in self.data:
            rules = self.data["shared_rules"]
            yield self.passage("shared_rules", _("Rules for all exercises"), rules, *RULE_WORDS)
            yield self.passage(
                "shared_rules", _("When to make it harder"), rules["progress"], *PROGRESS_WORDS
            )
        if sources := [f"{source['text']} {source['url']}" for source in self.data["references"]]:
            address = self.locator.address("guide")
            yield Passage(_("Sources"), address, (("", "\n".join(sources)),))

    def exercises(self) -> Iterator[Passage]:
        names = {exercise["id"]: exercise["name"] for exercise in self.data["exercises"]}
        items = safety_items_clearable()
        for index, exercise in enumerate(self.data["exercises"]):
            data = {
                **exercise,
                "skip_for": [items.get(key, key) for key in exercise.get("skip_for", ())],
                "instead": names.get(exercise.get("instead", "")),
                "pictures_in_words": [
                    line
                    for picture in pictures_of(exercise)
                    for line in (picture["alt"], picture.get("caption", ""))
                    if line
                ],
                "dose": [
                    f"{translated(what)}: {translated(much)}"
                    for what, much in Dose(**exercise["dose"]).facts()
                ],
            }
            yield self.passage(f"exercises[{index}]", exercise["name"], data, *EXERCISE_WORDS)

    def plans(self) -> Iterator[Passage]:
        names = {exercise["id"]: exercise["name"] for exercise in self.data["exercises"]}
        titles = {profile["key"]: profile["plan"]["title"] for profile in self.data["profiles"]}
        for index, profile in enumerate(self.data["profiles"]):
            plan, where = profile["plan"], f"profiles[{index}].plan"
            title = f"{profile['title']}: {plan['title']}"
            told = {**plan, "next_plan": titles.get(plan.get("next_plan", ""))}
            yield self.passage(where, title, told, "running", "next_plan")
            for block in plan["blocks"]:
                first, last = block["weeks"]
                weeks = _("Weeks {first} to {last}").format(first=first, last=last)
                steps = [f"{names[step['id']]}: {step['dose']}" for step in block["exercises"]]
                data = {**block, "session": steps}
                yield self.passage(where, weeks, data, "goal", "session", "move_on_if")

    def email(self) -> Iterator[Passage]:
        emails = dict(self.data["emails"])
        series = emails.pop("series", ())
        for words in (*emails.values(), *series):
            yield self.passage("guide", words["subject"], words, *EMAIL_WORDS)


def plan_links(part: Model) -> list[Link]:
    """A link from a result type to its plan, or to the page that adds one."""
    if part._meta.model_name != "profile":
        return []
    plan = Plan.objects.filter(profile=part.pk).first()
    if plan:
        return [Link(address_of(plan), _("Its plan of exercises"))]
    return [Link(f"{reverse('admin:guides_plan_add')}?profile={part.pk}", _("Add its plan"))]


def guide_links(draft: Model) -> list[Link]:
    """Links from a self-check to its guides."""
    if draft._meta.model_name != "assessment":
        return []
    return [
        Link(address_of(guide), _("Its guide"))
        for guide in Guide.objects.filter(assessment=draft.pk)
    ]


def practice_mail(request: HttpRequest) -> list[Preview]:
    """A preview of the guide email, which shows the practice in its sender and footer."""
    guide = Guide.objects.first()
    if guide is None:
        return []
    try:
        mail = guide_email_samples(guide=guide, to="you")["guide"]
    except ContentError:
        return []
    mail_preview = MailPreview.of(mail, guide_pictures(guide))
    preview = mail_preview.previews[0]
    return [
        Preview(
            _("The email, from {sender}").format(sender=mail_preview.sender),
            preview.kind,
            preview.html,
        )
    ]


def test_mail_step() -> OnboardingStep | None:
    guide = Guide.objects.first()
    if guide is None:
        return None
    return OnboardingStep(
        _("Send yourself a test email"),
        _("See the guide and its email as runners get them."),
        f"{address_of(guide, 'preview')}#test-mail",
        LogEntry.objects.filter(
            content_type__app_label="guides", change_message=TEST_SENT
        ).exists(),
    )
