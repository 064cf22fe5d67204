"""An index for the list of erasures, the newest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("erasing", "0003_erasure_unwashed")]

    operations = [
        migrations.AddIndex(
            model_name="erasure",
            index=models.Index(fields=["workspace", "-erased_at"], name="erasure_newest"),
        ),
    ]
