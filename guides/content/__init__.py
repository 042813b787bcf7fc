"""Guide content: pure, typed and frozen. `runfit.lib.json_format` reads and writes it."""

from guides.content.edition import GuideContent, ProfilePlan, parse_content
from guides.content.faults import ContentError
from guides.content.field_types import LINE_LENGTH, TEXT_LENGTH, URL_LENGTH
from guides.content.files import Kind, kind
from guides.content.guide import (
    VARIABLES,
    EmailContent,
    Emails,
    Evidence,
    GuideFile,
    PhaseText,
    ReferenceContent,
    Secret,
    has_lone_brace,
    parse_guide,
    text_variables,
)
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
from guides.content.printed_texts import texts
from guides.content.words import ENGLISH, PdfLabels

__all__ = [
    "ENGLISH",
    "LINE_LENGTH",
    "TEXT_LENGTH",
    "URL_LENGTH",
    "VARIABLES",
    "BlockContent",
    "ContentError",
    "Dose",
    "EmailContent",
    "Emails",
    "Evidence",
    "ExerciseContent",
    "GuideContent",
    "GuideFile",
    "Kind",
    "Library",
    "Meta",
    "PdfLabels",
    "PhaseText",
    "PictureContent",
    "PlanContent",
    "ProfilePlan",
    "ProgressRules",
    "ReferenceContent",
    "Secret",
    "SharedRulesContent",
    "StepContent",
    "has_lone_brace",
    "kind",
    "parse_content",
    "parse_guide",
    "parse_library",
    "text_variables",
    "texts",
]
