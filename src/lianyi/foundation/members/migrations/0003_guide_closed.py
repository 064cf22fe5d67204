from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0002_accounts")]

    operations = [
        migrations.AddField("membership", "guide_closed", models.BooleanField(db_default=False, default=False)),
    ]
