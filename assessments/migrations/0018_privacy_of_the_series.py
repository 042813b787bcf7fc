from django.db import migrations

# What the default privacy notice said, and says now that there may be emails during the plan.
REWORDED = {
    "If you say yes to one more email in four weeks, your browser keeps a note of that until then. "
    "If you retake the check before that and it tells you to see someone first, we won't send it.": (
        "If you say yes to more emails, your browser keeps a note of that until the last one is "
        "sent. If you retake the check before that and it tells you to see someone first, we won't "
        "send them."
    ),
    "We only write about anything else if you asked for that too. A link in each email stops it at "
    "any time.": (
        "We only write about anything else if you asked for that too. Emails during your plan end "
        "with it, and we never send more than one a day. A link in each email stops it at any time."
    ),
}


def reword_default_notice(apps, schema_editor):
    """Only the sentences that came with RunFit: the practice's own stay as they are."""
    for practice in apps.get_model("assessments", "Practice").objects.all():
        for before, now in REWORDED.items():
            practice.privacy_notice = practice.privacy_notice.replace(before, now)
        practice.save(update_fields=["privacy_notice"])


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0017_signature_dates'),
    ]

    operations = [
        migrations.RunPython(reword_default_notice, migrations.RunPython.noop),
    ]
