"""Guide content: pure, typed and frozen. Read from JSON, refused by name, written back exactly."""

from guides.content.edition import GuideContent, ProfilePlan, parse_content
from guides.content.faults import ContentError, Fault
from guides.content.files import Kind, kind
from guides.content.guide import (
    VARIABLES,
    Emails,
    EmailText,
    Evidence,
    Guide,
    PhaseText,
    Reference,
    Secret,
    has_lone_brace,
    parse_guide,
    text_variables,
)
from guides.content.library import (
    Block,
    Dose,
    Exercise,
    Library,
    Meta,
    Picture,
    Plan,
    Progress,
    SharedRules,
    Step,
    parse_library,
)
from guides.content.reading import LINE_LENGTH, TEXT_LENGTH, URL_LENGTH, is_printable
from guides.content.words import ENGLISH, Words
from guides.content.writing import canonical, file_text, texts, to_data

__all__ = [
    "ENGLISH",
    "LINE_LENGTH",
    "TEXT_LENGTH",
    "URL_LENGTH",
    "VARIABLES",
    "Block",
    "ContentError",
    "Dose",
    "EmailText",
    "Emails",
    "Evidence",
    "Exercise",
    "Fault",
    "Guide",
    "GuideContent",
    "Kind",
    "Library",
    "Meta",
    "PhaseText",
    "Picture",
    "Plan",
    "ProfilePlan",
    "Progress",
    "Reference",
    "Secret",
    "SharedRules",
    "Step",
    "Words",
    "canonical",
    "file_text",
    "has_lone_brace",
    "is_printable",
    "kind",
    "parse_content",
    "parse_guide",
    "parse_library",
    "text_variables",
    "texts",
    "to_data",
]
