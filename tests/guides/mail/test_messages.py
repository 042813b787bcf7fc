import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from html import unescape
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from assessments.selectors import practice
from assessments.submissions.services import submission_clear
from guides import selectors, signed_links
from guides.mail.messages import CannotBuildError, build, email_samples
from guides.models import Delivery
from runfit.lib import caching
from tests.support import pictures


def received(delivery):
    return message_from_bytes(build(delivery).message().as_bytes(), policy=policy.default)


def parts_of(delivery):
    """The text, the page, and its pictures by the alternative text that they have there."""
    message = received(delivery)
    html = message.get_body(("html",)).get_content()
    alt = {
        cid: unescape(alt)
        for cid, alt in re.findall(r'src="cid:([^"]+)"[^>]*? alt="([^"]*)"', html)
    }
    shown = {
        alt[part["Content-ID"].strip("<>")]: Image.open(BytesIO(part.get_content()))
        for part in message.walk()
        if part.get_content_maintype() == "image"
    }
    return message.get_body(("plain",)).get_content(), html, shown


@pytest.fixture
def practice_with_photo(default_content):
    """A phone's photo, stored sideways, without the PT's yes."""
    row = practice()
    photo = pictures.from_phone("JPEG", 6, pictures.scene(900, 1200))
    row.name, row.credentials = "Hill Street", "Ana Ruiz, PT, DPT"
    row.photo.save("ana.jpg", ContentFile(photo), save=False)
    row.photo_alt = "Ana in running shoes"
    row.save()
    caching.clear()
    return row


def replace_picture(edition, file, content):
    """As if the PT had uploaded a picture of her own for the plan's first exercise."""
    default_storage.save(file, ContentFile(content))
    row = selectors.guide_edition(edition.pk)
    text = type(row).objects.values_list("content", flat=True).get(pk=row.pk)
    type(row).objects.filter(pk=row.pk).update(content=re.sub(r"pictures/m2_rock\.svg", file, text))
    caching.clear()


def test_headers_of_the_guide_email(delivery, settings):
    message = received(delivery)

    assert message["Message-ID"] == delivery.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["From"].addresses[0].display_name == "RunFit"
    assert message["To"] == "runner@example.org"


def test_text_and_html_contain_same_link_and_words(delivery):
    message = received(delivery)
    text = message.get_body(("plain",)).get_content()
    page = message.get_body(("html",)).get_content()
    url = f"http://testserver/guide/{signed_links.guide_token(delivery.link)}/"

    for part in (text, page):
        assert url in part
        assert (
            f"http://testserver/unsubscribe/{signed_links.unsubscribe_token(delivery.contact)}/"
            in part
        )
        assert "90" in part
        assert "{" not in part.split("</style>")[-1]
    for paragraph in text.split("\n\n")[:2]:
        assert paragraph in unescape(page)


def test_subject_and_preview_reveal_nothing_about_health(delivery):
    message = received(delivery)

    page = message.get_body(("html",)).get_content()
    [preview] = re.findall(r'<div class="preview" style="display:none">([^<]+)</div>', page)

    for words in (message["Subject"].casefold(), preview.casefold()):
        assert words
        assert not any(word in words for word in ("hip", "tight", "pain", "mobility", "glute"))


def test_every_attempt_builds_same_message(delivery):
    first, second = build(delivery), build(delivery)

    assert (first.subject, first.body, first.alternatives) == (
        second.subject,
        second.body,
        second.alternatives,
    )


def test_delivery_without_link_cannot_be_built(delivery):
    delivery.link = None

    with pytest.raises(CannotBuildError):
        build(delivery)


ROCK = "A runner kneels on one knee, the other foot in front."


def test_plan_and_first_move_stand_before_the_link(delivery):
    text, html, shown = parts_of(delivery)

    plan, link = text.partition("Your plan: ")[2].split("\n\n")[:2]
    assert plan.splitlines() == [
        "Build on it",
        "6 weeks. You start with about 32 minutes, 2 days a week.",
        "Weeks 1 to 2: Load up",
        "Weeks 3 to 4: Heavier, fewer",
        "Weeks 5 to 6: Braking, drive, and spring",
        "Your first move, to warm up: Half-kneel rock and squeeze, 1 x 6 each side",
    ]
    assert link.startswith("Open your guide here:\nhttp")
    assert html.index("Build on it") < html.index("1 x 6 each side") < html.index("/guide/")
    [(alt, picture)] = shown.items()
    assert alt.startswith(ROCK)
    assert (picture.format, picture.size) == ("PNG", (960, 450))


def test_first_move_is_one_that_the_runner_may_do(ask, submit):
    """A hip replacement leaves out the half-kneel rock, the plan's first exercise."""
    others = ask(submit(), "other@example.org")
    submission = submit(("hip_replacement",))
    submission_clear(submission=submission)
    delivery = ask(submission)

    content, _ = selectors.guide_for_link(delivery.link)
    move, dose = content.session(content.plan(delivery.link.profile).blocks[0])[0]
    text, _, shown = parts_of(delivery)

    assert f"Your first move, to warm up: {move.name}, {dose}\n" in text
    assert [*shown] == [move.picture.alt]
    assert parts_of(others)[0].partition("first move")[2] != text.partition("first move")[2]


def test_without_a_plan_the_email_has_no_card(delivery, submission):
    """The runner was cleared, and the answers are erased: nobody knows what to leave out."""
    delivery.link.cleared, delivery.link.submission = True, None

    text, html, shown = parts_of(delivery)

    assert "plan" not in text.partition("here:")[0]
    assert "first move" not in text + html
    assert shown == {}
    assert "Open your guide here:\nhttp" in text


def test_erased_answers_leave_the_plan_of_the_result_type(delivery):
    delivery.link.submission = None

    text, _, _ = parts_of(delivery)

    assert "Your first move, to warm up: Half-kneel rock and squeeze" in text


def test_face_name_and_credentials_need_the_pts_yes(delivery, practice_with_photo):
    text, html, shown = parts_of(delivery)
    assert "Ana" not in text + html
    assert len(shown) == 1
    assert text.count("Hill Street") == 1

    practice_with_photo.shown = True
    practice_with_photo.save()
    caching.clear()
    text, html, shown = parts_of(delivery)

    face = shown["Ana in running shoes"]
    assert face.size == (112, 112)
    assert pictures.alike(pictures.corners_of(face), pictures.CORNERS, within=40)
    assert html.count("Ana Ruiz, PT, DPT") == 2
    assert "Ana Ruiz, PT, DPT\nHill Street\n" in text


def test_follow_up_has_the_face_and_no_plan(guide_edition, practice_with_photo):
    practice_with_photo.shown = True
    practice_with_photo.save()
    caching.clear()

    mail = email_samples(selectors.guide_content(guide_edition), to="a@example.org")["follow_up"]

    assert len(mail.attachments) == 1
    assert "Your plan" not in mail.body + mail.alternatives[0][0]


def test_uploaded_photo_of_an_exercise_is_scaled(delivery):
    photo = pictures.from_phone("JPEG", 6, Image.effect_noise((4000, 3000), 90).convert("RGB"))
    replace_picture(delivery.link.edition, "pictures/own.jpg", photo)

    [picture] = parts_of(delivery)[2].values()

    assert picture.format == "JPEG"
    assert max(picture.size) <= 960
    assert picture.width / picture.height == pytest.approx(4 / 3, abs=0.02)
    assert len(build(delivery).message().as_bytes()) < 60_000


@pytest.mark.parametrize("content", [b"", b"<svg", b"\xff"])
def test_email_goes_without_a_picture_that_cannot_be_drawn(delivery, content):
    replace_picture(delivery.link.edition, "pictures/broken.svg", content)

    text, html, shown = parts_of(delivery)

    assert "Your first move, to warm up: Half-kneel rock and squeeze" in text
    assert "<img" not in html
    assert shown == {}


def test_picture_comes_back_with_its_file(delivery):
    with default_storage.open("pictures/m2_rock.svg") as file:
        drawing = file.read()
    default_storage.delete("pictures/m2_rock.svg")
    assert parts_of(delivery)[2] == {}

    default_storage.save("pictures/m2_rock.svg", ContentFile(drawing))

    assert len(parts_of(delivery)[2]) == 1


def test_exercise_without_a_picture(delivery):
    edition = delivery.link.edition
    text = type(edition).objects.values_list("content", flat=True).get(pk=edition.pk)
    bare = re.sub(r',"picture":\{[^{}]*m2_rock[^{}]*\}', "", text)
    assert bare != text
    type(edition).objects.filter(pk=edition.pk).update(content=bare)
    caching.clear()

    text, html, _ = parts_of(delivery)

    assert "Your first move, to warm up: Half-kneel rock and squeeze" in text
    assert "<img" not in html


def test_right_to_left_email_says_so(delivery):
    edition = delivery.link.edition
    text = type(edition).objects.values_list("content", flat=True).get(pk=edition.pk)
    other = text.replace('"language":"en"', '"language":"he"')
    assert other != text
    type(edition).objects.filter(pk=edition.pk).update(content=other)
    caching.clear()

    assert '<html lang="he" dir="rtl">' in parts_of(delivery)[1]


def test_spanish_email(delivery):
    edition = delivery.link.edition
    text = type(edition).objects.values_list("content", flat=True).get(pk=edition.pk)
    type(edition).objects.filter(pk=edition.pk).update(
        content=text.replace('"language":"en"', '"language":"es"')
    )
    caching.clear()

    text, _, _ = parts_of(delivery)

    assert "6 semanas. Empiezas con unos 32 minutos, 2 días por semana." in text
    assert "Tu primer ejercicio, para calentar: " in text
    assert "Open your guide aquí:" in text


@pytest.mark.parametrize("count", [1, 3])
def test_building_needs_no_queries_of_its_own(
    ask, submit, count, django_assert_num_queries, no_expiry
):
    """What an email needs comes with the rows that the queue reads: one query for their keys, and one for them."""
    last = [ask(submit(), f"r{number}@example.org") for number in range(count)][-1]
    build(Delivery.objects.get(pk=last.pk))  # the edition, once per process

    with django_assert_num_queries(2):
        deliveries = selectors.deliveries_next(last.due_at + timedelta(hours=1), 50)
    with django_assert_num_queries(0):
        for delivery in deliveries:
            build(delivery).message().as_bytes()

    assert len(deliveries) == count


def test_pictures_and_styles_are_made_once(ask, submit, monkeypatch):
    first, second = ask(submit(), "a@example.org"), ask(submit(), "b@example.org")
    built = build(first)
    for name in ("guides.mail.pictures.png_of_svg", "guides.mail.compose.INLINER"):
        monkeypatch.setattr(name, None)

    again = build(second)

    assert again.template is built.template
    assert again.attachments == built.attachments


OLD_WORDS = ("Hi,", "2 * 3 is six, snake_case too.", "10 High St, “us” & me_2@example.org")


def mail_with(edition, *body):
    content = selectors.guide_content(edition)
    words = replace(content.emails.guide, body=body)
    draft = replace(content, emails=replace(content.emails, guide=words))
    return email_samples(draft, to="a@example.org")["guide"]


def test_marks_show_on_the_page_and_read_well_as_text(guide_edition):
    mail = mail_with(
        guide_edition, "Hi,", "**Read** [this](https://example.org/a):", "- one", "- *two*", "Bye"
    )
    page = mail.alternatives[0][0]

    assert "Hi,\n\nRead this (https://example.org/a):\n\nYour plan" in mail.body
    assert "\n\n- one\n- two\n\nBye\n\n" in mail.body
    assert re.search(r'<strong>Read</strong> <a href="https://example.org/a" style="[^"]+">', page)
    assert re.search(r"<ul style=[^>]+>\n<li style=[^>]+>one</li>\n<li [^>]+><em>two</em>", page)
    assert "*" not in mail.body + page.partition("</style>")[2]


def test_words_without_marks_come_as_typed(guide_edition):
    mail = mail_with(guide_edition, *OLD_WORDS)
    paragraphs = re.findall(r'<p style="margin:0 0 16px">([^<]*)</p>', mail.alternatives[0][0])

    assert "\n\n".join(OLD_WORDS[:2]) in mail.body
    assert f"\n\n{OLD_WORDS[2]}\n\n" in mail.body
    assert {*OLD_WORDS} <= {unescape(words) for words in paragraphs}


def test_name_in_the_sign_off_is_said_once(delivery, practice_with_photo):
    practice_with_photo.sign_off = "Happy running!\nAna Ruiz"
    practice_with_photo.save()
    caching.clear()
    text, _, _ = parts_of(delivery)
    assert "Happy running!\nAna Ruiz\nHill Street\n" in text

    practice_with_photo.shown = True
    practice_with_photo.save()
    caching.clear()
    text, _, _ = parts_of(delivery)

    assert "Happy running!\nAna Ruiz, PT, DPT\nHill Street\n" in text
