from django.db import migrations

# Where the default privacy notice says now that the browser remembers the guide's last link, and
# until when.
BEFORE = " and sends none of it. If you tap “Save with my link”, we keep it with your link,"
AFTER = (
    " and sends none of it. Your browser also remembers the link to your guide that you opened "
    "last, so that the codes on a printed guide lead to your own sessions. Both stay on your device "
    "until you have everything erased there, or clear what your browser keeps of this site. If you "
    "tap “Save with my link”, we keep your training with your link,"
)


def reword_default_notice(apps, schema_editor):
    """Only a notice that is as it came with RunFit there: the practice's own stay as they are."""
    for practice in apps.get_model("assessments", "Practice").objects.filter(
        privacy_notice__contains=BEFORE
    ):
        practice.privacy_notice = practice.privacy_notice.replace(BEFORE, AFTER)
        practice.save(update_fields=["privacy_notice"])


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0034_privacy_of_check_in_emails'),
    ]

    operations = [
        migrations.RunPython(reword_default_notice, migrations.RunPython.noop),
    ]
