"""What a guide's pages tell the script that saves them."""

import hashlib
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, reverse

from guides import selectors
from guides.content import GuideContent, RunnerAdvice
from guides.models import DownloadLink
from guides.runner.training.plans import current_plan, plan_path, session_path, stage_plan
from guides.selectors import LinkRecall
from runfit.lib.http import with_policy


def saved_context(
    link: DownloadLink,
    token: str,
    content: GuideContent,
    *,
    advice: RunnerAdvice,
    recall: LinkRecall | None,
) -> dict[str, Any]:
    """The pages to save, until when, and a stamp that changes with the guide."""
    plans, current = selectors.plans_of(link, content), current_plan(link, content)
    stamp, until = saved_words(link, token, advice, recall)
    pages = [
        reverse("guides:guide", args=[token]),
        *(plan_path(token, key) for key in plans if key != current),
        *(
            session_path(link, token, key, number)
            for key, plan in plans.items()
            for number in range(1, len(plan.blocks) + 1)
        ),
    ]
    return {
        "saved": {
            "link": pages[0],
            "pages": " ".join(pages),
            "stamp": stamp,
            "until": until,
        }
    }


def may_be_saved(response: HttpResponse) -> HttpResponse:
    """Lets a page have the worker that saves it. No other page may have one."""
    return with_policy(response, csp_replace({"worker-src": [SELF]}))


def is_saving(request: HttpRequest) -> bool:
    """Whether the worker fetches the page to save it: that's no visit. What a person opens, it
    passes on as it is."""
    return request.headers.get("Sec-Fetch-Mode") == "cors"


def saved_words(
    link: DownloadLink, token: str, advice: RunnerAdvice, recall: LinkRecall | None
) -> tuple[str, str]:
    """The stamp, and until when as milliseconds: both are this link's alone."""
    until = str(int(link.expires_at.timestamp() * 1000))
    return _stamp(link, token, advice, recall), until


def _stamp(link: DownloadLink, token: str, advice: RunnerAdvice, recall: LinkRecall | None) -> str:
    parts = (
        get_script_prefix(),
        link.edition.sha256,
        stage_plan(link),
        token,
        bool(link.training),
        recall,
        advice.answers,
        advice.notices,
        sorted(advice.skip_for),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
