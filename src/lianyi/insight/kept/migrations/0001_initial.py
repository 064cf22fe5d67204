from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace", "question", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace", models.BigIntegerField()),
                ("question", models.TextField()),
                ("stamp", models.TextField()),
                ("answer", models.TextField()),
                ("took", models.FloatField()),
                ("counted_at", models.DateTimeField()),
            ],
            options={
                "db_table": "kept_answer",
                "indexes": [models.Index(fields=["workspace", "counted_at"], name="kept_answer_oldest")],
            },
        ),
    ]
