import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("erasing", "0002_log_without_samples")]

    operations = [
        migrations.AddField(
            "erasure",
            "unwashed",
            django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None),
        ),
        migrations.AddIndex(
            "erasure",
            models.Index(
                condition=models.Q(("unwashed__isnull", False)), fields=["workspace"], name="erasure_unwashed"
            ),
        ),
    ]
