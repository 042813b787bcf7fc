"""What a start has loaded. A site that has content from before had all of the default content."""

from django.db import migrations, models

DEFAULT = ("assessment tight-hips", "exercises", "guide strength-guide")


def note_what_is_there(apps, schema_editor):
    kinds = [("assessments", "Assessment"), ("guides", "Exercise"), ("guides", "Guide")]
    if any(apps.get_model(*kind)._base_manager.exists() for kind in kinds):
        model = apps.get_model("guides", "LoadedContent")
        model._base_manager.bulk_create([model(name=name) for name in DEFAULT])


class Migration(migrations.Migration):
    dependencies = [
        ("guides", "0010_delivery_due_alike"),
    ]

    operations = [
        migrations.CreateModel(
            name="LoadedContent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.RunPython(note_what_is_there, migrations.RunPython.noop),
    ]
