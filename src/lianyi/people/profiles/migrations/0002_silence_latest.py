from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("profiles", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="silence",
            index=models.Index(fields=["workspace", "until_at"], name="silence_latest"),
        ),
    ]
