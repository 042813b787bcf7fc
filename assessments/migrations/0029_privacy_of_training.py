from django.db import migrations

# Where the default privacy notice says now what is kept of training.
BEFORE = "\n\nWhat we count\nWe count how many people come here"
TRAINING = (
    "\n\nYour training\nThe guide's page remembers your training days, the sessions you did, and your "
    "pain in your own browser, and sends none of it. If you tap “Save with my link”, we keep it "
    "with your link, with your weekly check-ins and your time zone, so that it's on your other "
    "devices and we can count your sessions. Anyone with the link can see it. You can stop on the "
    "same page: then we delete it."
)


def reword_default_notice(apps, schema_editor):
    """Only a notice that is as it came with RunFit there: the practice's own stay as they are."""
    for practice in apps.get_model("assessments", "Practice").objects.filter(
        privacy_notice__contains=BEFORE
    ):
        practice.privacy_notice = practice.privacy_notice.replace(BEFORE, TRAINING + BEFORE)
        practice.save(update_fields=["privacy_notice"])


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0028_more_than_one_self_check'),
    ]

    operations = [
        migrations.RunPython(reword_default_notice, migrations.RunPython.noop),
    ]
