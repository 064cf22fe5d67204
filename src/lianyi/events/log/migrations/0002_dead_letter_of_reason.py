from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("log", "0001_initial"),
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="deadletter",
            index=models.Index(fields=["workspace", "reason", "-id"], name="dead_letter_of_reason"),
        ),
    ]
