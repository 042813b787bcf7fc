"""Everything that writes: drafts, editions, answers, counts."""

from assessments.services.counting import counters, counts_keep, counts_rebuild
from assessments.services.drafts import (
    Standing,
    assessment_compile,
    assessment_data,
    assessment_export,
    assessment_standing,
    edition_changes,
    restore_changes,
)
from assessments.services.exporting import (
    About,
    Answers,
    Days,
    Written,
    answers_about,
    answers_export,
)
from assessments.services.impact import Impact, assessment_impact
from assessments.services.publishing import (
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
from assessments.services.restoring import edition_restore
from assessments.services.submissions import (
    submission_clear,
    submission_create,
    submissions_erase,
)

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
