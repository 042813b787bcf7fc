from django.db import migrations

# Sign-ins are limited by our own table now. These held names and IP addresses.
TABLES = (
    "axes_accessattemptexpiration",
    "axes_accessattempt",
    "axes_accessfailurelog",
    "axes_accesslog",
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(f'DROP TABLE IF EXISTS "{table}"', migrations.RunSQL.noop)
        for table in TABLES
    ]
