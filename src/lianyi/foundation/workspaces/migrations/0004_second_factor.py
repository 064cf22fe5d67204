from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0003_write_key_public")]

    operations = [
        migrations.AddField("workspace", "second_factor", models.BooleanField(db_default=False, default=False)),
    ]
