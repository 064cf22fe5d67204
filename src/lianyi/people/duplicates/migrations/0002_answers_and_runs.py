from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("duplicates", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="duplicatesuggestion",
            name="answered",
            field=models.CharField(
                choices=[("same", "Same"), ("not_same", "Not Same"), ("later", "Later")], max_length=8, null=True
            ),
        ),
        migrations.AddField(
            model_name="duplicatesuggestion", name="answered_at", field=models.BigIntegerField(null=True)
        ),
        migrations.AddField(
            model_name="duplicatesuggestion", name="actor", field=models.CharField(db_default="", max_length=64)
        ),
        migrations.AddField(model_name="duplicatesuggestion", name="decision", field=models.BinaryField(null=True)),
        migrations.AddIndex(
            model_name="duplicatesuggestion",
            index=models.Index(
                condition=models.Q(("answered", None), _negated=True),
                fields=["workspace", "answered", "-probability", "a", "b"],
                name="duplicates_answered",
            ),
        ),
        migrations.AddIndex(
            model_name="duplicatesuggestion",
            index=models.Index(fields=["workspace", "b"], name="duplicates_of_b"),
        ),
        migrations.CreateModel(
            name="DuplicateRun",
            fields=[
                ("workspace", models.IntegerField(primary_key=True, serialize=False)),
                ("asked_at", models.BigIntegerField()),
                ("finished_at", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("done", "Done"),
                            ("stopped", "Stopped"),
                            ("failed", "Failed"),
                        ],
                        max_length=8,
                    ),
                ),
                ("stop", models.BooleanField(default=False)),
                ("step", models.SmallIntegerField(default=0)),
                ("deaths", models.SmallIntegerField(default=0)),
                ("actor", models.CharField(max_length=64)),
                ("claimed_by", models.CharField(blank=True, max_length=64)),
                ("problem", models.JSONField(null=True)),
            ],
            options={
                "db_table": "duplicate_run",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "running")), fields=["asked_at"], name="duplicate_runs_to_do"
                    )
                ],
            },
        ),
    ]
