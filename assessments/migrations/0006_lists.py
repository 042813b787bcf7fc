import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0005_answers_export'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='submission',
            name='submission_profile',
        ),
        migrations.RemoveIndex(
            model_name='submission',
            name='submission_safety',
        ),
        migrations.AlterField(
            model_name='submission',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True),
        ),
        migrations.AlterField(
            model_name='submission',
            name='edition',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='assessments.edition', verbose_name='version'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['-created_at', '-id'], name='submission_newest'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['edition', '-created_at', '-id'], name='submission_edition'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['profile', '-created_at', '-id'], name='submission_profile'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['safety_level', '-created_at', '-id'], name='submission_safety'),
        ),
    ]
