from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("profiles", "0003_lists")]

    operations = [
        migrations.AddField("taggingrow", "worked_at", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField("taggingrow", "stopped", models.BooleanField(db_default=False, default=False)),
    ]
