"""The PT's tasks in the admin, in a real browser."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import Assessment, Case, Edition, Profile, Question
from guides.models import Guide
from tests.assessments.small import token_of
from tests.e2e.desk import DESK, add_rule
from tests.e2e.walk import CHECK, USUAL
from tests.support import pictures

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

TABS = {"questions": "Questions", "profiles": "Result types"}
ANSWERS = USUAL | {"safety": "none", "reach": "skipped"}


@pytest.fixture
def browser_context_args(live_server):
    return {"base_url": live_server.url, "viewport": {"width": 1280, "height": 900}}


def self_check(desk):
    desk.goto(DESK)
    desk.locator(".desk-menu").get_by_text("Write").click()
    desk.get_by_role("navigation", name="Desk").get_by_role("link", name="Self-checks").click()
    desk.get_by_role("link", name="Tight hips self-check").click()


def save(desk):
    desk.get_by_role("button", name="Save", exact=True).click()


def status_region(desk):
    return desk.get_by_role("region", name="Where it stands")


def publish(desk, note="", reviewed_by=""):
    desk.get_by_role("link", name="Check and publish").click()
    desk.get_by_label("What changed").fill(note)
    if reviewed_by:
        desk.get_by_label("I've read this version, and I'm signing it as").check()
        desk.get_by_label("Reviewed by").fill(reviewed_by)
    desk.get_by_role("button", name="Publish").click()


def step(desk, title):
    return desk.locator(".first-steps li").filter(has_text=title)


def test_first_steps_turn_default_content_into_her_own(desk, sink):
    expect(desk.locator(".first-steps li")).to_have_count(5)
    expect(desk.locator(".first-steps .done")).to_have_count(0)

    step(desk, "Say who you are").get_by_role("link").click()
    desk.get_by_label("Practice name:", exact=True).fill("Stride")
    desk.get_by_label("Sender name").fill("Stride")
    desk.get_by_label("Replies go to").fill("ana@example.org")
    desk.get_by_label("Your name and credentials").fill("Ana Ruiz, PT")
    desk.get_by_label("Show me to runners").check()
    save(desk)
    home = desk.frame_locator('iframe[title="Home page"]')
    expect(home.get_by_role("region", name="Who's behind this")).to_contain_text("Ana Ruiz, PT")
    expect(home.get_by_role("link", name="Stride")).to_be_visible()
    expect(desk.get_by_text("The email, from Stride <")).to_be_visible()
    expect(desk.locator("#site-name")).to_have_text("Stride")

    desk.goto(DESK)
    step(desk, "Read it through").get_by_role("link").click()
    expect(desk.get_by_role("heading", name="Exercises", exact=True)).to_be_visible()
    desk.get_by_role("button", name="I've read it").click()
    expect(desk.get_by_text("Got it: you've read it through.")).to_be_visible()

    desk.goto(DESK)
    step(desk, "Send yourself a test email").get_by_role("link").click()
    expect(desk.get_by_label("Send a test to")).to_have_value("pt@example.org")
    desk.get_by_role("button", name="Send test").click()
    expect(desk.get_by_text("The test email was sent to pt@example.org.")).to_be_visible()
    mail, *_four_weeks_later_and_weekly = sink.messages
    assert [mail["Subject"], mail["From"].partition(" <")[0]] == [
        "Your guide from Stride",
        "Stride",
    ]

    self_check(desk)
    desk.get_by_label("Title:", exact=True).fill("My self-check")
    desk.get_by_role("button", name="Save and continue editing").click()
    desk.goto(DESK)
    expect(desk.locator(".first-steps .done")).to_have_count(3)
    step(desk, "Publish and sign the self-check").get_by_role("link").click()
    desk.get_by_label("What changed").fill("My own title")
    desk.get_by_role("button", name="Publish").click()
    expect(desk.get_by_text("Version 2 is live. It's not signed")).to_be_visible()
    desk.get_by_role("link", name="Sign it.").click()
    desk.get_by_label("Reviewed by").fill("Ana Ruiz, PT")
    desk.get_by_role("button", name="Sign", exact=True).click()
    expect(desk.get_by_role("region", name="Signature")).to_contain_text("Ana Ruiz, PT")

    desk.goto(DESK)
    step(desk, "Publish and sign the guide").get_by_role("link").click()
    expect(desk.get_by_text("Before you sign:")).to_be_visible()
    expect(desk.get_by_label("Reviewed by")).to_have_value("Ana Ruiz, PT")
    desk.get_by_role("button", name="Sign", exact=True).click()

    desk.goto(DESK)
    expect(desk.locator(".first-steps li").first).to_be_hidden()
    panel = desk.get_by_role("region", name="Self-check: My self-check")
    expect(panel).to_contain_text("Live: version 2; no unpublished changes")
    desk.goto("/check/tight-hips/")
    expect(desk.get_by_role("heading", level=1)).to_have_text("My self-check")


def test_menu_opens_by_keyboard_one_group_at_a_time_and_closes(desk):
    desk.goto(DESK)
    nav = desk.get_by_role("navigation", name="Desk")
    nav.locator("summary").get_by_text("Write").press("Enter")
    expect(nav.get_by_role("link", name="Plans", exact=True)).to_be_visible()

    nav.locator("summary").get_by_text("People").press("Enter")

    expect(nav.get_by_role("link", name="Plans", exact=True)).to_be_hidden()
    nav.get_by_role("link", name="Contacts").focus()
    desk.keyboard.press("Escape")
    expect(nav.get_by_role("link", name="Contacts")).to_be_hidden()
    expect(nav.locator("summary").get_by_text("People")).to_be_focused()


def test_changed_wording_stays_in_the_draft_until_published(desk):
    self_check(desk)
    expect(status_region(desk)).to_contain_text("Live: version 1; no unpublished changes")
    desk.get_by_role("tab", name="Questions").click()
    desk.get_by_role("link", name="How long have your hips felt tight?").click()
    desk.get_by_role("textbox", name="Question:").fill("For how long have your hips been tight?")
    save(desk)

    expect(status_region(desk)).to_contain_text("Live: version 1; 1 unpublished change")
    status_region(desk).get_by_text("What changed since version 1").click()
    expect(status_region(desk).get_by_role("listitem").first).to_contain_text(
        "“For how long have your hips been tight?”"
    )
    assert "For how long have your hips been tight?" not in desk.request.get(CHECK).text()

    publish(desk, "A clearer question")

    expect(desk.get_by_text("Version 2 is live.")).to_be_visible()
    expect(status_region(desk)).to_contain_text("Live: version 2; no unpublished changes")
    assert "For how long have your hips been tight?" in desk.request.get(CHECK).text()
    assert Edition.objects.get(number=2).note == "A clearer question"


def test_broken_rule_is_reported_at_its_place(desk):
    self_check(desk)
    desk.get_by_role("tab", name="Result types").click()
    desk.get_by_role("link", name="Ready to build", exact=True).click()
    row = desk.locator("#conditions-0")
    expect(row.locator(".inline_label")).to_have_text("Whatever the answers are")
    expect(row.get_by_label("Score area")).to_be_hidden()

    row.get_by_label("Fits when").select_option("score")
    row.get_by_label("Score area").select_option(label="Backs of your legs")
    row.get_by_role("spinbutton", name="Below").fill("55")
    expect(row.locator(".inline_label")).to_have_text("Backs of your legs is below 55")
    save(desk)

    expect(status_region(desk)).to_contain_text("Fix this: ")
    desk.get_by_role("link", name="Check and publish").click()
    expect(desk.get_by_role("button", name="Publish")).to_have_count(0)
    desk.get_by_role("link", name="Result type “Ready to build”").first.click()
    expect(desk.get_by_role("region", name="What we found")).to_be_visible()
    row.get_by_label("Fits when").select_option("always")
    save(desk)

    expect(status_region(desk)).to_contain_text("Live: version 1; no unpublished changes")
    expect(status_region(desk)).to_contain_text("there's nothing to fix")


def test_first_error_is_focused(desk):
    desk.goto(change(Profile.objects.first()))
    desk.get_by_label("See someone if").scroll_into_view_if_needed()
    desk.get_by_label("What to do first").fill(" ")
    save(desk)

    expect(desk.get_by_label("What to do first")).to_be_focused()
    expect(desk.get_by_label("What to do first")).to_be_in_viewport()


def test_chosen_picture_asks_for_its_words_and_save_is_in_reach_on_a_phone(desk):
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(reverse("admin:assessments_practice_changelist"))
    field = desk.get_by_label("Photo in words")
    file = {
        "name": "me.png",
        "mimeType": "image/png",
        "buffer": pictures.file_of(pictures.scene(), "PNG"),
    }
    desk.get_by_label("Photo:", exact=True).set_input_files([file])
    expect(desk.get_by_text("Now say in words what it shows")).to_be_visible()

    desk.locator(".not-saved").get_by_role("button", name="Save").click()

    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
    # A browser forgets the file once the page comes back with an error.
    expect(desk.locator("#id_photo")).to_have_value(re.compile(r"me\.png$"))


def test_what_was_refused_is_named_by_its_field_and_stays_on_the_phone(desk):
    desk.goto(
        reverse("admin:assessments_question_add") + f"?assessment={Assessment.objects.get().pk}"
    )
    desk.get_by_label("Answer", exact=True).locator("visible=true").first.fill("Yes")
    desk.get_by_role("button", name="Save", exact=True).last.click()

    expect(desk.locator(".errornote")).to_contain_text("Question: This field is required")
    expect(desk.locator(".phone-beside [role=status]")).to_contain_text("It isn't saved yet")

    desk.goto(reverse("admin:guides_exercise_add"))
    desk.get_by_role("button", name="Save", exact=True).last.click()
    note = desk.locator(".errornote")
    expect(note.get_by_role("link", name="Rest, in seconds")).to_have_count(1)
    expect(note.get_by_role("link", name="Days a week")).to_have_count(1)


def test_first_steps_stay_folded(desk):
    desk.goto(DESK)
    steps = desk.locator(".first-steps")
    expect(steps).to_have_attribute("open", "")
    steps.locator("summary").click()

    desk.reload()

    expect(steps).not_to_have_attribute("open", "")


def test_save_message_is_visible_after_saving(desk):
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(change(Question.objects.get(key="load_change")))
    save(desk)

    said = desk.get_by_text("Saved in the draft. Runners see it once you publish.")
    expect(desk.get_by_role("heading", name="Questions", exact=True)).to_be_in_viewport()
    expect(said).to_be_in_viewport()
    desk.get_by_role("button", name="Close these messages").click()
    expect(said).to_have_count(0)


def test_rule_answers_are_checkboxes_and_read_as_a_sentence(desk):
    desk.goto(change(Question.objects.get(key="pattern")))
    row = add_rule(desk)
    sentence = row.locator(".inline_label").inner_text()
    save(desk)

    saved = Question.objects.get(key="pattern").show_if.last()
    assert [str(saved), saved.question.key] == [sentence, "load_change"]


def change(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def order(desk, part, title, *, above):
    """Moves with the arrow buttons, one step at a time."""
    desk.get_by_role("tab", name=TABS[part]).click()
    rows = desk.locator(f"#{part}-group tr.has_original")
    expect(rows.first).to_be_visible()
    names = rows.locator("td.original a").all_inner_texts()
    row = rows.filter(has=desk.get_by_role("link", name=title, exact=True))
    for _ in range(names.index(title) - names.index(above)):
        row.get_by_role("button", name=f"Move up: {title}").click()
    place = f"is now number {names.index(above) + 1} of {len(names)}. Saved in the draft."
    expect(desk.locator(f"#{part}-group .moved")).to_contain_text(place)


def test_a_new_result_type_with_its_plan_reaches_runners(desk, client):
    Case.objects.all().delete()  # they hold that nothing else comes out
    self_check(desk)
    desk.get_by_role("tab", name="Result types").click()
    desk.get_by_role("link", name="Add result type").click()
    desk.get_by_label("Starts with").select_option(label="1: mobility")
    desk.get_by_label("Title:", exact=True).fill("Slow and steady")
    desk.get_by_label("What we found").fill("You have time. Start small.")
    desk.get_by_label("What to do first").fill("Move a little each day.")
    save(desk)

    desk.get_by_role("button", name="Add another Condition").click()
    row = desk.locator("#conditions-0")
    row.get_by_label("Fits when").select_option("in")
    row.get_by_label("Question").select_option(index=1)
    row.get_by_role("checkbox").nth(4).check()
    save(desk)
    order(desk, "profiles", "Slow and steady", above="It's new: calm it down")

    desk.get_by_role("tabpanel").get_by_role("link", name="Slow and steady", exact=True).click()
    desk.get_by_role("link", name="Add its plan").click()
    desk.get_by_label("Title:", exact=True).fill("The slow plan")
    desk.get_by_label("Starts with").select_option(label="1: mobility")
    desk.get_by_label("Weeks", exact=False).first.fill("4")
    desk.get_by_label("Running").fill("Run as you like.")
    desk.get_by_role("button", name=re.compile("Add another Weeks")).click()
    weeks = desk.locator("#blocks-0")
    weeks.get_by_label("First week").fill("1")
    weeks.get_by_label("Last week").fill("4")
    weeks.get_by_label("Days a week").fill("4")
    weeks.get_by_label("Minutes").fill("10")
    weeks.get_by_label("Goal").fill("Move")
    weeks.get_by_label("Move on").fill("It feels easy")
    save(desk)
    desk.locator("#blocks-0").get_by_role("link", name="Change", exact=True).click()
    desk.get_by_role("button", name="Add another Exercise").click()
    desk.locator("#steps-0").get_by_label("Exercise").select_option(label="Hip switches")
    desk.locator("#steps-0").get_by_label("How much").fill("2 x 8 each side")
    save(desk)
    expect(desk.get_by_role("heading", name="The slow plan")).to_be_visible()

    desk.goto(change(Guide.objects.get()))
    publish(desk, "With the slow plan")
    expect(desk.get_by_text("Version 2 is live.")).to_be_visible()
    self_check(desk)
    publish(desk, "With a new result type")
    expect(desk.get_by_text("Version 2 is live.")).to_be_visible()

    live = Edition.objects.get(number=2)
    answers = ANSWERS | {"duration": "3to12m", "form_token": token_of(live, "new type")}
    page = client.get(client.post(CHECK, answers)["Location"]).content.decode()
    assert "You have time." in page
    assert 'type="email"' in page


def test_order_is_saved_at_once_by_arrow_and_dragging_and_put_back(desk):
    self_check(desk)
    before = [question.text for question in Question.objects.order_by("position")]
    order(desk, "questions", before[2], above=before[1])
    moved = [question.text for question in Question.objects.order_by("position")]
    assert moved[:3] == [before[0], before[2], before[1]]
    expect(status_region(desk)).to_contain_text("1 unpublished change")  # without a reload

    said = desk.locator("#questions-group .moved")
    rows = desk.locator("#questions-group tr.has_original td.original p")
    rows.nth(2).scroll_into_view_if_needed()
    rows.nth(2).drag_to(rows.nth(1), target_position={"x": 5, "y": 2})
    expect(said).to_contain_text(f"“{before[1]}” is now number 2")
    assert [question.text for question in Question.objects.order_by("position")] == before

    said.get_by_role("button", name="Put back").click()

    expect(said).to_contain_text(f"“{before[1]}” is now number 3")
    assert [question.text for question in Question.objects.order_by("position")] == moved
    expect(rows.nth(1)).to_have_text(before[2])
    desk.get_by_role("button", name="Save and continue editing").click()
    expect(desk.get_by_text("was changed successfully")).to_be_visible()
    assert [question.text for question in Question.objects.order_by("position")] == moved


def test_version_is_restored_into_the_draft(desk):
    self_check(desk)
    desk.get_by_label("Title:", exact=True).fill("Another title")
    desk.get_by_role("button", name="Save and continue editing").click()
    publish(desk)

    status_region(desk).get_by_text("More", exact=True).click()
    status_region(desk).get_by_role("link", name="Versions").click()
    desk.get_by_role("link", name="version 1").click()
    expect(desk.get_by_text("Restoring it would change this in the draft:")).to_be_visible()
    desk.get_by_role("link", name="Restore this version into the draft").click()
    desk.get_by_role("button", name="Restore version 1").click()

    expect(desk.get_by_text("The draft matches version 1 again.")).to_be_visible()
    expect(status_region(desk)).to_contain_text("Live: version 2; 1 unpublished change")
    assert Assessment.objects.get().title == "Tight hips self-check"


def test_guide_and_email_preview_and_test_mail(desk, sink):
    guide = Guide.objects.get()
    desk.goto(change(guide))
    desk.get_by_role("link", name="Preview guide and email").click()

    for look in ("Phone", "Phone, dark", "Desktop"):
        mail = desk.frame_locator(f'iframe[title="Your guide from RunFit: {look}"]')
        expect(mail.get_by_role("link", name="Open your guide")).to_be_visible()
        picture = mail.get_by_role("img")
        expect(picture).to_have_js_property("naturalWidth", 960)
        button = mail.locator(".button td")
        expect(button).to_have_css("background-color", "rgb(181, 64, 26)")
    expect(desk.locator("pre").first).to_contain_text("Open your guide here:")
    for profile in Profile.objects.filter(plan__isnull=False):
        shown = desk.get_by_role("listitem").filter(has_text=profile.title)
        address = shown.get_by_role("link", name="A4").get_attribute("href")
        assert desk.request.get(address).body().startswith(b"%PDF-")

    desk.get_by_label("Send a test to").fill("me@example.org")
    desk.get_by_role("button", name="Send test").click()

    expect(desk.get_by_text("The test email was sent to me@example.org.")).to_be_visible()
    mail, *_four_weeks_later_and_weekly = sink.messages
    assert [mail["To"], mail["Subject"]] == ["me@example.org", "Your guide from RunFit"]
