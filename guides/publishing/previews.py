"""Previews of drafts."""

from guides.models import Guide
from guides.pdf import render
from guides.pdf.build import guide_build
from guides.publishing.services import guide_compile


def guide_preview(*, guide: Guide, profile: str, paper: render.Paper) -> bytes:
    """The draft's PDF, as publishing would build it now.

    Raises ContentError, PlanMissingError, or UnbuildableError.
    """
    content = guide_compile(guide=guide)
    return guide_build(content=content, guide=guide, profile=profile, paper=paper).content
