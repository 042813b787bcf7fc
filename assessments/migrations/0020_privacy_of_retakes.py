from django.db import migrations

# What the default privacy notice said, and says now that a retake is kept with the first answers.
BEFORE = "we keep that with them. Your answers are about your health"
NOW = (
    "we keep that with them. If you take the self-check again from your own link, we keep both, so "
    "we can show what changed. Your answers are about your health"
)


def reword_default_notice(apps, schema_editor):
    """Only the sentence that came with RunFit: the practice's own stay as they are."""
    for practice in apps.get_model("assessments", "Practice").objects.filter(
        privacy_notice__contains=BEFORE
    ):
        practice.privacy_notice = practice.privacy_notice.replace(BEFORE, NOW)
        practice.save(update_fields=["privacy_notice"])


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0019_sheet_link'),
    ]

    operations = [
        migrations.RunPython(reword_default_notice, migrations.RunPython.noop),
    ]
