from django.db import migrations

# Where the default privacy notice says now that the browser saves the guide.
BEFORE = "\n\nWhat we count\nWe count how many people come here"
SAVED = (
    "\n\nYour guide without a network\nWhen you open your guide, your browser saves its pages and "
    "pictures on your device, so they open where there's no network. Anyone who uses the same "
    "browser can open them. You can remove them on the same page. They're gone once your link has "
    "ended. If you have everything erased, they go as soon as your device is online. The "
    "self-check and the page of your result aren't saved this way."
)


def reword_default_notice(apps, schema_editor):
    """Only a notice that is as it came with RunFit there: the practice's own stay as they are."""
    for practice in apps.get_model("assessments", "Practice").objects.filter(
        privacy_notice__contains=BEFORE
    ):
        practice.privacy_notice = practice.privacy_notice.replace(BEFORE, SAVED + BEFORE)
        practice.save(update_fields=["privacy_notice"])


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0029_privacy_of_training'),
    ]

    operations = [
        migrations.RunPython(reword_default_notice, migrations.RunPython.noop),
    ]
