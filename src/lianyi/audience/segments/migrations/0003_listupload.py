from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("segments", "0002_likelihood")]

    operations = [
        migrations.CreateModel(
            name="ListUpload",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace", "segment", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("claimed_until", models.BigIntegerField(default=0)),
                ("workspace", models.IntegerField()),
                ("segment", models.IntegerField()),
                ("rows", models.IntegerField(default=0)),
                ("missing", models.IntegerField(default=0)),
                ("done", models.BooleanField(default=False)),
                ("stored", models.TextField(default="")),
                ("holds", models.TextField(default="")),
                ("missed", models.JSONField(default=list)),
            ],
            options={
                "db_table": "segment_upload",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done", False)),
                        fields=["workspace", "segment"],
                        name="segment_upload_waiting",
                    )
                ],
            },
        ),
    ]
