import django.db.models.deletion
import guides.states
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guides', '0008_counting'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='consent',
            name='consent_at',
        ),
        migrations.RemoveIndex(
            model_name='delivery',
            name='delivery_queued',
        ),
        migrations.AlterField(
            model_name='contact',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True),
        ),
        migrations.AlterField(
            model_name='downloadlink',
            name='edition',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='guides.guideedition'),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(fields=['-at', '-id'], name='consent_newest'),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(condition=models.Q(('purpose__in', ['follow_up', 'secret'])), fields=['purpose', '-at', '-id'], name='consent_purpose'),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(condition=models.Q(('step__in', ['confirmed', 'withdrawn'])), fields=['step', '-at', '-id'], name='consent_step'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(fields=['-created_at', '-id'], name='contact_newest'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['-queued_at', '-id'], name='delivery_newest'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state__in', [guides.states.State['FAILED'], guides.states.State['CANCELLED']])), fields=['state', '-queued_at', '-id'], name='delivery_not_sent'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('kind__in', [guides.states.Kind['FOLLOW_UP'], guides.states.Kind['NEWSLETTER']])), fields=['kind', '-queued_at', '-id'], name='delivery_kind'),
        ),
        migrations.AddIndex(
            model_name='downloadlink',
            index=models.Index(fields=['-expires_at', '-id'], name='link_newest'),
        ),
        migrations.AddIndex(
            model_name='downloadlink',
            index=models.Index(fields=['edition', '-expires_at', '-id'], name='link_edition'),
        ),
    ]
