"""Guide content: pure, typed and frozen. `runfit.lib.json_format` reads and writes it."""

from guides.content.edition import GuideContent, ProfilePlan, parse_content
from guides.content.faults import ContentError
from guides.content.field_types import LINE_LENGTH, TEXT_LENGTH, URL_LENGTH
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
from guides.content.printed_texts import texts
from guides.content.words import ENGLISH, Words

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
    "has_lone_brace",
    "kind",
    "parse_content",
    "parse_guide",
    "parse_library",
    "text_variables",
    "texts",
]
