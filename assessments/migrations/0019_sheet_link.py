from django.db import migrations, models

# What the default privacy notice said, and says now that there's a link to the sheet for a PT.
RESULT_PAGE = "Your result has its own page: anyone with the link can read it."
WITH_THE_SHEET = (
    f"{RESULT_PAGE} If you make a link for your PT, anyone with it can read your answers and your "
    "result for 14 days, or until you end it. We keep when you made it."
)


def reword_default_notice(apps, schema_editor):
    """Only the sentence that came with RunFit: the practice's own stay as they are."""
    for practice in apps.get_model("assessments", "Practice").objects.all():
        practice.privacy_notice = practice.privacy_notice.replace(RESULT_PAGE, WITH_THE_SHEET)
        practice.save(update_fields=["privacy_notice"])


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0018_privacy_of_the_series'),
    ]

    operations = [
        migrations.AddField(
            model_name='submission',
            name='sheet_link_made_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='link for a PT made at'),
        ),
        migrations.RunPython(reword_default_notice, migrations.RunPython.noop),
    ]
