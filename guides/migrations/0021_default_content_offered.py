"""Offering new editions of the default content. A site that is there already has the first edition,
in the words that were its own first versions."""

import json

from django.db import migrations, models

FIRST = {
    "assessment tight-hips": "e494821d32235169adca4a52c0004c04bd78f26daa3096e7bf9b5eba1c9fe984",
    "exercises": "3594fcfc7ee9f81f7458628d81719d198640ac06410a2e51d7110b19c7f4c905",
    "guide strength-guide": "a89dedf1f13bfc8084e1a71d4a5dcf826b8e9505c0d6c556b5814057204414a2",
}
OF_EXERCISES = ("shared_rules", "exercises")


def note_the_first_edition(apps, schema_editor):
    loaded = apps.get_model("guides", "LoadedContent")._base_manager.filter(name__in=FIRST)
    base = {**_self_check(apps), **_guide(apps)}
    for row in loaded:
        row.taken = FIRST[row.name]
        row.base = json.dumps(base[row.name], ensure_ascii=False) if row.name in base else ""
        row.save()


def _self_check(apps):
    editions = apps.get_model("assessments", "Edition")._base_manager
    first = editions.filter(assessment__slug="tight-hips", number=1, published_by=None).first()
    return {"assessment tight-hips": json.loads(first.definition)} if first else {}


def _guide(apps):
    """The guide's first version has its exercises, with rules and plans, too."""
    editions = apps.get_model("guides", "GuideEdition")._base_manager
    first = editions.filter(guide__slug="strength-guide", number=1, published_by=None).first()
    if first is None:
        return {}
    content = json.loads(first.content)
    profiles = content.pop("profiles")
    exercises = {key: content.pop(key) for key in OF_EXERCISES}
    exercises["plans"] = {profile["key"]: profile["plan"] for profile in profiles}
    return {"exercises": exercises, "guide strength-guide": content}


class Migration(migrations.Migration):
    dependencies = [
        ("guides", "0020_equipment"),
        ("assessments", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="TakeOver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("by", models.CharField(max_length=200)),
                ("parts", models.TextField(help_text="What was taken over, in words.")),
                ("before", models.TextField(help_text="The drafts before, as file data.")),
            ],
        ),
        migrations.AddField(
            model_name="loadedcontent",
            name="taken",
            field=models.CharField(
                blank=True,
                help_text="Fingerprint of the default content's file that the draft took as a "
                "whole. Blank for files of other content.",
                max_length=64,
            ),
        ),
        migrations.AddField(
            model_name="loadedcontent",
            name="declined",
            field=models.CharField(
                blank=True, help_text="Fingerprint of the one that the PT put away.", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="loadedcontent",
            name="base",
            field=models.TextField(
                blank=True,
                help_text="What the draft took from the default content, as file data. Blank if "
                "not known.",
            ),
        ),
        migrations.RunPython(note_the_first_edition, migrations.RunPython.noop),
    ]
