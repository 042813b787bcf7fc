"""From draft to edition: proved first, then frozen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.contrib.auth.models import User
from django.db import transaction

from assessments import hooks, selectors
from assessments.checker import Finding, check
from assessments.definition import Definition, DefinitionError, canonical, parse, to_data
from assessments.models import Assessment, Edition, Practice
from assessments.publishing.deserialize import unfold
from assessments.publishing.drafts import Standing, assessment_standing
from assessments.publishing.serialize import Data, folded
from runfit.lib.hooks import call_hook, gather

NOT_CHECKED = Finding(
    "warning",
    "not_checked",
    "self-check",
    "One of the checks couldn't run, so something may be missing. Tell whoever runs this site; the "
    "log says why.",
)

CHANGED_MEANWHILE = Finding(
    "error",
    "changed_meanwhile",
    "self-check",
    "The draft changed while it was checked. Look at what changed, then publish it.",
)


class PublishRefused(Exception):  # noqa: N818 - it is a refusal, and says why
    """The draft cannot go live. Carries the findings, warnings included."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(f"{each.where}: {each.message}" for each in self.findings))


@dataclass(frozen=True, slots=True)
class LoadOutcome:
    """`edition` is None where the slug existed, which is then left alone."""

    assessment: Assessment
    edition: Edition | None

    @property
    def created(self) -> bool:
        return self.edition is not None


@transaction.atomic
def assessment_load(*, data: object, user: User | None = None) -> LoadOutcome:
    """Make a draft from decoded JSON and publish it, unless its slug is there already.

    Raises DefinitionError or PublishRefused, and then leaves nothing behind.
    """
    definition = parse(data)
    existing = Assessment.objects.filter(slug=definition.slug).first()
    if existing:
        return LoadOutcome(existing, None)
    assessment = unfold(to_data(definition))
    edition = assessment_publish(assessment=assessment, user=user, note="As loaded from its file.")
    return LoadOutcome(assessment, edition)


def assessment_check(*, assessment: Assessment) -> list[Finding]:
    """Everything that is wrong with a draft, or that the PT should know. Errors block."""
    _, findings = _proved(assessment, folded(assessment))
    return findings


def assessment_overview(*, assessment: Assessment) -> tuple[Standing, list[Finding]]:
    """Where a draft stands and what is wrong with it, from one reading of its rows."""
    draft = folded(assessment)
    standing = assessment_standing(assessment=assessment, draft=draft)
    return standing, _proved(assessment, draft)[1]


@transaction.atomic
def assessment_publish(
    *,
    assessment: Assessment,
    user: User | None,
    note: str = "",
    reviewed_by: str = "",
    seen: Standing | None = None,
) -> Edition:
    """Freeze the draft as the next edition. Raises PublishRefused, also where the draft no longer
    stands as it was `seen`."""
    Assessment.objects.select_for_update().get(pk=assessment.pk)  # publishers take turns
    draft = folded(assessment)
    if seen and assessment_standing(assessment=assessment, draft=draft) != seen:
        raise PublishRefused([CHANGED_MEANWHILE])
    definition, findings = _proved(assessment, draft)
    if definition is None or any(finding.severity == "error" for finding in findings):
        raise PublishRefused(findings)
    live = Edition.objects.filter(assessment=assessment).order_by("-number").first()
    text = canonical(definition)
    fingerprint = sha256(text.encode()).hexdigest()
    if live and live.sha256 == fingerprint:
        raise PublishRefused([_unchanged(live)])
    edition = Edition.objects.create(
        assessment=assessment,
        number=live.number + 1 if live else 1,
        definition=text,
        sha256=fingerprint,
        published_by=user,
        note=note,
        reviewed_by=reviewed_by,
    )
    transaction.on_commit(selectors.forget)
    return edition


def edition_sign(*, edition: Edition, reviewed_by: str) -> None:
    """The clinician's signature, the only thing about an edition that may come later."""
    Edition.objects.filter(pk=edition.pk).update(reviewed_by=reviewed_by)
    transaction.on_commit(selectors.forget)


def _proved(assessment: Assessment, draft: Data) -> tuple[Definition | None, list[Finding]]:
    """The definition with all findings, or None where the draft is not even complete."""
    try:
        definition = parse(draft)
    except DefinitionError as error:
        return None, [
            Finding("error", "incomplete", fault.where, fault.message) for fault in error.faults
        ]
    findings = list(check(definition))
    for more in hooks.publish_checks:
        findings += call_hook(more, [NOT_CHECKED], assessment, definition)
    return definition, findings


def _unchanged(live: Edition) -> Finding:
    message = f"Nothing has changed since version {live.number}, so there is nothing to publish."
    return Finding("error", "unchanged", "self-check", message)


def practice_check(*, practice: Practice, fresh: Mapping[str, bytes]) -> list[Finding]:
    """What saving this practice would break, and what its PT should know. Errors block."""
    return gather(hooks.practice_checks, practice, fresh)
