"""Everything that writes: drafts, editions, answers, counts."""

from assessments.analytics.services import counters, counts_keep, counts_rebuild
from assessments.publishing.drafts import (
    Standing,
    assessment_compile,
    assessment_data,
    assessment_export,
    assessment_standing,
    edition_changes,
    restore_changes,
)
from assessments.publishing.impact import Impact, assessment_impact
from assessments.publishing.restore import edition_restore
from assessments.publishing.services import (
    LoadOutcome,
    PublishRefused,
    assessment_check,
    assessment_load,
    assessment_overview,
    assessment_publish,
    edition_sign,
    practice_check,
    practice_checks,
    publish_checks,
)
from assessments.submissions.export import (
    About,
    Answers,
    Days,
    Written,
    answers_about,
    answers_export,
)
from assessments.submissions.services import submission_clear, submission_create, submissions_erase

__all__ = [
    "About",
    "Answers",
    "Days",
    "Impact",
    "LoadOutcome",
    "PublishRefused",
    "Standing",
    "Written",
    "answers_about",
    "answers_export",
    "assessment_check",
    "assessment_compile",
    "assessment_data",
    "assessment_export",
    "assessment_impact",
    "assessment_load",
    "assessment_overview",
    "assessment_publish",
    "assessment_standing",
    "counters",
    "counts_keep",
    "counts_rebuild",
    "edition_changes",
    "edition_restore",
    "edition_sign",
    "practice_check",
    "practice_checks",
    "publish_checks",
    "restore_changes",
    "submission_clear",
    "submission_create",
    "submissions_erase",
]
