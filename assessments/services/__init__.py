"""Everything that writes: drafts, editions, answers."""

from assessments.services.drafts import assessment_compile, assessment_export
from assessments.services.publishing import (
    LoadOutcome,
    PublishRefused,
    assessment_check,
    assessment_load,
    assessment_publish,
    edition_sign,
    publish_checks,
)
from assessments.services.submissions import (
    submission_clear,
    submission_create,
    submissions_erase,
)

__all__ = [
    "LoadOutcome",
    "PublishRefused",
    "assessment_check",
    "assessment_compile",
    "assessment_export",
    "assessment_load",
    "assessment_publish",
    "edition_sign",
    "publish_checks",
    "submission_clear",
    "submission_create",
    "submissions_erase",
]
