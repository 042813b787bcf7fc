"""Guide content: pure, typed and frozen. `runfit.lib.json_format` reads and writes it."""

from guides.content.edition import GuideContent, ProfilePlan, parse_content
from guides.content.faults import ContentError
from guides.content.field_types import LINE_LENGTH, TEXT_LENGTH, URL_LENGTH
from guides.content.files import Kind, kind
from guides.content.guide import (
    MOST_SUBJECTS,
    SERIES_DAYS,
    SERIES_LENGTH,
    VARIABLES,
    EmailContent,
    Emails,
    Evidence,
    GuideFile,
    NewGuide,
    PhaseText,
    ReferenceContent,
    Secret,
    SeriesEmail,
    Why,
    has_lone_brace,
    is_to_fill_in,
    parse_guide,
    parse_new_guide,
    text_variables,
)
from guides.content.health_words import health_words
from guides.content.leaving_out import LeftOut, usual_dose
from guides.content.library import (
    BlockContent,
    Dose,
    ExerciseContent,
    Library,
    Meta,
    PictureContent,
    PlanContent,
    ProgressRules,
    SharedRulesContent,
    StepContent,
    parse_library,
)
from guides.content.minutes import rest_seconds, session_minutes
from guides.content.printed_texts import texts
from guides.content.runner_advice import RunnerAdvice
from guides.content.words import DOSE_IN_ENGLISH, ENGLISH, DoseWords, PdfLabels

__all__ = [
    "DOSE_IN_ENGLISH",
    "ENGLISH",
    "LINE_LENGTH",
    "MOST_SUBJECTS",
    "SERIES_DAYS",
    "SERIES_LENGTH",
    "TEXT_LENGTH",
    "URL_LENGTH",
    "VARIABLES",
    "BlockContent",
    "ContentError",
    "Dose",
    "DoseWords",
    "EmailContent",
    "Emails",
    "Evidence",
    "ExerciseContent",
    "GuideContent",
    "GuideFile",
    "Kind",
    "LeftOut",
    "Library",
    "Meta",
    "NewGuide",
    "PdfLabels",
    "PhaseText",
    "PictureContent",
    "PlanContent",
    "ProfilePlan",
    "ProgressRules",
    "ReferenceContent",
    "RunnerAdvice",
    "Secret",
    "SeriesEmail",
    "SharedRulesContent",
    "StepContent",
    "Why",
    "has_lone_brace",
    "health_words",
    "is_to_fill_in",
    "kind",
    "parse_content",
    "parse_guide",
    "parse_library",
    "parse_new_guide",
    "rest_seconds",
    "session_minutes",
    "text_variables",
    "texts",
    "usual_dose",
]
