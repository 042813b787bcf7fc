"""Uploading the words of a self-check at the desk."""

import json
from copy import deepcopy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.desk.content import uploading
from assessments.models import Assessment, Question
from assessments.publishing.serialize import serialize_draft
from tests.assessments.browser import Page, address, open_page, post, said
from tests.assessments.small import SMALL

pytestmark = pytest.mark.django_db

DOWNLOADED = json.dumps(SMALL).encode()


def upload_page(draft):
    return address("assessment", "upload-words", draft.pk)


def choose(client, draft, content, name="words.json"):
    file = SimpleUploadedFile(name, content)
    response = client.post(upload_page(draft), {"file": file})
    assert response.status_code == 200
    return response


def errors(client, draft, content):
    before = serialize_draft(draft)
    response = choose(client, draft, content)
    assert serialize_draft(draft) == before
    assert "preview" not in response.context
    assert [*response.context["form"].errors] == ["file"]
    return [*response.context["form"].errors["file"]]


def reworded():
    """A file with something new, changed, and removed."""
    data = deepcopy(SMALL)
    data["title"] = "Cranky Achilles"
    data["slug"] = "elsewhere"
    data["questions"][0]["text"] = "How far down do you get?"
    data["faq"].append({"key": "stairs", "question": "And stairs?", "answer": "Yes."})
    data["notices"] = []
    return data


def confirmed(client, draft, data):
    shown = choose(client, draft, json.dumps(data).encode())
    return post(client, upload_page(draft), Page(shown.content.decode()))


def test_file_is_shown_first_and_changes_the_draft_once_confirmed(admin_client, draft):
    before, version = serialize_draft(draft), draft.editions.get().definition

    shown = choose(admin_client, draft, json.dumps(reworded()).encode())

    groups = {title: [*map(str, changes)] for title, changes in shown.context["groups"]}
    assert [*groups] == ["New", "Changed", "Removed"]
    assert any("“How far down do you get?”" in change for change in groups["Changed"])
    assert serialize_draft(draft) == before

    response = post(admin_client, upload_page(draft), Page(shown.content.decode()))

    after = serialize_draft(draft)
    assert (after["title"], after["slug"]) == ("Cranky Achilles", "small")
    assert after["questions"][0]["text"] == "How far down do you get?"
    assert draft.editions.get().definition == version
    assert response.redirect_chain[-1][0] == address("assessment", "change", draft.pk)
    assert said(response)[0].startswith("Uploaded “words.json”: ")


def test_upload_is_in_the_history_and_can_be_put_back(admin_client, draft):
    before = serialize_draft(draft)
    confirmed(admin_client, draft, reworded())
    at = address("assessment", "put-back", draft.pk)
    assert at in admin_client.get(upload_page(draft)).content.decode()

    page = open_page(admin_client, at)
    post(admin_client, at, page)

    assert serialize_draft(draft) == before
    history = admin_client.get(reverse("admin:assessments_assessment_history", args=[draft.pk]))
    did = [line.what for line in history.context["lines"]]
    assert did[0] == "Put back what was there before an upload."
    assert did[1].startswith("Uploaded “words.json”: ")


def test_nothing_to_put_back_is_not_found(admin_client, draft):
    assert admin_client.get(address("assessment", "put-back", draft.pk)).status_code == 404


def test_file_that_says_the_same_changes_nothing(admin_client, draft):
    text = admin_client.get(address("assessment", "export", draft.pk)).content

    assert errors(admin_client, draft, text) == [uploading.SAME]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xe0 a photo",
        b"{not words",
        b"[" * 100_000,
        b'{"questions": 1' + b"0" * 5000 + b"}",
        b'{"questions": 1, "questions": 2}',
    ],
)
def test_what_is_not_a_file_of_words_is_refused(admin_client, draft, content):
    assert errors(admin_client, draft, content) == [uploading.NOT_READ]


@pytest.mark.parametrize("content", [b"[]", b'"questions"', b"null", b'{"phases": []}'])
def test_another_kind_of_file_is_refused(admin_client, draft, content):
    message = "This isn't the file of a self-check. Pick one that is."
    assert errors(admin_client, draft, content) == [message]


def test_no_file_and_an_empty_one_are_refused(admin_client, draft):
    assert errors(admin_client, draft, b"") == ["The submitted file is empty."]
    response = admin_client.post(upload_page(draft), {})
    assert response.context["form"].errors == {"file": ["Pick a file."]}


def test_large_file_is_refused(admin_client, draft):
    message = "It's too large: at most 750 KB work here."
    assert errors(admin_client, draft, b" " * (uploading.LARGEST + 1)) == [message]


def test_faults_are_told_in_words_without_paths(admin_client, draft):
    data = reworded()
    index = next(i for i, question in enumerate(data["questions"]) if "choices" in question)
    data["questions"][index]["choices"][0]["label"] = 7
    data["minutes"] = 10**30
    data["statement"] = "Null: \0"

    found = errors(admin_client, draft, json.dumps(data).encode())

    assert found[0] == "Nothing changed: first fix this in the file, or pick another one."
    assert [line.partition(":")[0] for line in found[1:]] == [
        "Minutes", "What the score is", f"Question {index + 1}, answer 1, the name",
    ]  # fmt: skip


def test_many_faults_are_cut_short(admin_client, draft):
    found = errors(admin_client, draft, json.dumps({"questions": [{}] * 50}).encode())

    assert len(found) == uploading.MOST_FAULTS + 2
    assert found[-1].endswith(" more.")


def test_language_of_a_translation_is_refused(admin_client, draft):
    original = Assessment.objects.create(title="Original", language="es")
    Assessment.objects.filter(pk=draft.pk).update(translation_of=original)

    found = errors(admin_client, draft, json.dumps(reworded() | {"language": "es"}).encode())

    assert found[1] == "Language: “Original” has this language already."


def test_what_only_the_database_refuses_changes_nothing(admin_client, draft):
    data = reworded()
    first, second = data["safety"]["levels"].values()
    first["rank"] = second["rank"]

    shown = choose(admin_client, draft, json.dumps(data).encode())
    before = serialize_draft(draft)
    if "preview" in shown.context:
        shown = post(admin_client, upload_page(draft), Page(shown.content.decode()))

    assert shown.context["form"].errors["file"]
    assert serialize_draft(draft) == before


def test_errors_that_block_publishing_are_told_before(admin_client, draft):
    data = reworded()
    data["profiles"] = data["profiles"][:1]
    data["profiles"][0]["rule"] = [[{"score": "reach", "below": 5}]]
    data["cases"] = []

    shown = choose(admin_client, draft, json.dumps(data).encode())

    assert shown.context["problems"]


def test_change_after_the_file_was_shown_is_told(admin_client, draft):
    shown = choose(admin_client, draft, json.dumps(reworded()).encode())
    Question.objects.filter(key=SMALL["questions"][0]["key"]).update(text="How low?")

    response = post(admin_client, upload_page(draft), Page(shown.content.decode()))

    assert said(response)[0].startswith("Nothing changed yet.")
    assert serialize_draft(draft)["questions"][0]["text"] == "How low?"
    post(admin_client, upload_page(draft), Page(response.content.decode()))
    assert serialize_draft(draft)["title"] == "Cranky Achilles"


def test_uploading_needs_permission_to_change(client, draft, django_user_model):
    client.force_login(django_user_model.objects.create_user("reader", is_staff=True))

    assert client.get(upload_page(draft)).status_code == 403
    assert client.get(address("assessment", "put-back", draft.pk)).status_code == 403
