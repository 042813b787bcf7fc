from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0025_retention_plural'),
    ]

    operations = [
        migrations.AddField(
            model_name='practice',
            name='embed_sites',
            field=models.TextField(blank=True, help_text='They may show your self-checks inside a page. One per line, such as yourblog.example. No other site can.', verbose_name='sites with your articles'),
        ),
    ]
