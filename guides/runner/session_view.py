"""View of one session of a plan."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from guides import selectors
from guides.content import rest_seconds
from guides.content.training import timer_of
from guides.runner.guide_views import has_no_plan, link_or_404
from guides.runner.link_pages import own_words, shown_of
from guides.runner.offline.page import may_be_saved, saved_context
from guides.runner.training.page import training_context
from guides.runner.training.plans import plan_path, session_path
from runfit.lib.http import private_page, see_other
from runfit.lib.json_format.writing import canonical
from runfit.lib.shared_pages import shared_page


@private_page
@require_safe
def session(request: HttpRequest, token: str, number: int, plan: str = "") -> HttpResponse:
    """One session of a plan's block, numbered from 1; of the runner's own plan if none is named.
    One that isn't there leads to the guide: only a link that doesn't work is "not found," and a
    browser then removes what it saved.

    Meant to be read from the floor: dose, picture, start, and steps first, the rest collapsed. The
    browser stores what's checked off, for the day.
    """
    link = link_or_404(token)
    if link.expired or has_no_plan(link):
        return see_other("guides:guide", token)
    content, advice = selectors.guide_for_link(link)
    key = plan or link.profile
    found = selectors.plans_of(link, content).get(key)
    if found is None or not 1 <= number <= len(found.blocks):
        return see_other("guides:guide", token)
    if plan == link.profile:
        return redirect(session_path(link, token, key, number))
    block, recall = found.blocks[number - 1], selectors.link_recall(link)
    is_last = number == len(found.blocks)
    then = content.plan(found.next_plan or "") if is_last else None

    def context() -> dict[str, Any]:
        return {
            "token": token,
            "content": content,
            "part": block,
            "recall": recall,
            "notices": content.own_notices(advice),
            "rules": content.shared_rules,
            "exercises": [
                {
                    "exercise": exercise,
                    "dose": dose,
                    "rest": rest_seconds(exercise.dose, dose),
                    "stops": content.own_stops(exercise),
                    "timer": timer and canonical(timer),
                }
                for exercise, dose in content.session(block)
                for timer in [timer_of(exercise.dose, dose)]
            ],
            "next_url": "" if is_last else session_path(link, token, key, number + 1),
            "next_plan": then and (then.name, plan_path(token, found.next_plan or "")),
            "number": number,
            "plan": key,
            **saved_context(link, token, content, advice=advice, recall=recall),
            **training_context(link, token, content, key),
        }

    page = shared_page(
        request,
        "guides/session.html",
        context,
        language=content.language,
        same=(key, number, shown_of(link, advice, recall, content.language)),
        own=own_words(link, token, advice, recall),
    )
    return may_be_saved(page)
