from django.db import migrations

# Where the default privacy notice says now what becomes of the safety list after a worse week.
BEFORE = "You can stop on the same page: then we delete it."
ADDED = (
    " If a week got worse, the page asks you to go through the safety list again. We don't keep "
    "what you check there, only whether it told you to see someone. If it did, we stop the emails "
    "that were still to come."
)


def reword_default_notice(apps, schema_editor):
    """Only a notice that is as it came with RunFit there: the practice's own stay as they are."""
    for practice in apps.get_model("assessments", "Practice").objects.filter(
        privacy_notice__contains=f"{BEFORE}\n\n"
    ):
        practice.privacy_notice = practice.privacy_notice.replace(
            f"{BEFORE}\n\n", f"{BEFORE}{ADDED}\n\n"
        )
        practice.save(update_fields=["privacy_notice"])


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0031_retest_advice_by_sessions'),
    ]

    operations = [
        migrations.RunPython(reword_default_notice, migrations.RunPython.noop),
    ]
