from django.db import migrations

# Where the default privacy notice says now what the emails for the weekly check-in rest on.
BEFORE = "If it did, we stop the emails that were still to come."
ADDED = (
    " If you want an email for your weekly check-in, what we keep tells us when it's due. You get "
    "one a week at most, only while you train, and it ends with your plan."
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
        ('assessments', '0033_words_of_embed_and_webhooks'),
    ]

    operations = [
        migrations.RunPython(reword_default_notice, migrations.RunPython.noop),
    ]
