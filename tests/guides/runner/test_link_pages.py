"""Links share pages: nobody may get another's words, or an old page."""

import re

import pytest
from django.core.cache import caches

from assessments.submissions.services import submissions_delete
from guides import signed_links
from guides.content.training import Record
from guides.models import DownloadLink
from guides.training.services import training_keep

FORM_TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value)="[^"]+"')


@pytest.fixture
def links(ask, submit) -> list[DownloadLink]:
    """Of two runners with the same answers, of one who said yes to more, of one with another
    result, of one who keeps training, and of one whose answers are gone."""
    others = {"reach": "knee", "hamstring_feel": "most_days", "strength_days": "none"}
    answers = [submit(), submit(), submit(), submit(**others), submit(), submit()]
    found = [
        ask(each, f"runner{number}@example.org", follow_up=number == 2).link
        for number, each in enumerate(answers)
    ]
    training_keep(link=found[4], record=Record(), words="Yes")
    submissions_delete(pks=[answers[5].pk])
    return found


def page(client, link: DownloadLink, rest: str) -> str:
    response = client.get(f"/guide/{signed_links.guide_token(link)}/{rest}")
    assert response.status_code == 200
    return FORM_TOKEN.sub(r"\1", response.content.decode())


@pytest.mark.parametrize("rest", ["", "?pdf=later", "session/1/", "session/2/"])
def test_every_link_gets_its_own_page_whoever_came_first(client, links, rest):
    alone = []
    for link in links:
        caches["shared"].clear()
        alone.append(page(client, link, rest))

    assert len(set(alone)) == len(links)
    for turn in (1, -1):
        caches["shared"].clear()
        for _ in range(2):
            shared = {link.pk: page(client, link, rest) for link in links[::turn]}
            assert [shared[link.pk] for link in links] == alone


def test_a_warm_page_has_the_form_token_of_its_own_visit(client, links):
    first, second = (f"/guide/{signed_links.guide_token(link)}/" for link in links[:2])
    client.get(first)
    client.cookies.clear()

    body = client.get(second).content.decode()

    token = re.search(r'name="csrfmiddlewaretoken" value="(\w{64})"', body)
    client.handler.enforce_csrf_checks = True
    form = {"csrfmiddlewaretoken": token[1], "action": "undo"}
    assert client.post(f"{second}training/", form).status_code == 303
