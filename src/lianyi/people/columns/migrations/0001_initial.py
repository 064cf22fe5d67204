from django.db import migrations, models

# Where there are people already, columns are made as a whole at the first start; batches are counted from here on.
FROM_HERE_ON = """
    INSERT INTO cursor (workspace_id, projector, batch)
    SELECT workspace_id, 'columns', batch FROM cursor WHERE projector = 'lifecycle' ON CONFLICT DO NOTHING
    """
# Versions are given once, also when what got them is rolled back.
SEQUENCE = "CREATE SEQUENCE column_version"
# Numbers hardly shrink, and reading is to be fast.
STORED_AS_IT_IS = "ALTER TABLE column_run ALTER data SET STORAGE EXTERNAL"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("log", "0002_dead_letter_of_reason"), ("profiles", "0004_tagging_by_the_worker")]

    operations = [
        migrations.CreateModel(
            name="ColumnRun",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace",
                        "column",
                        "version",
                        "place",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("version", models.BigIntegerField()),
                ("since", models.BigIntegerField()),
                ("batch", models.BigIntegerField()),
                ("workspace", models.IntegerField()),
                ("low", models.IntegerField()),
                ("high", models.IntegerField()),
                ("size", models.IntegerField()),
                ("place", models.SmallIntegerField()),
                ("column", models.TextField()),
                ("data", models.BinaryField()),
            ],
            options={"db_table": "column_run"},
        ),
        migrations.CreateModel(
            name="ColumnState",
            fields=[
                ("workspace", models.IntegerField(primary_key=True, serialize=False)),
                ("version", models.BigIntegerField()),
                ("filled", models.BigIntegerField(null=True)),
                ("recipe", models.JSONField()),
            ],
            options={"db_table": "column_state"},
        ),
        migrations.AddIndex(
            model_name="columnrun",
            index=models.Index(fields=["workspace", "version"], name="column_run_newest"),
        ),
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE column_version"),
        migrations.RunSQL(STORED_AS_IT_IS, migrations.RunSQL.noop),
        migrations.RunSQL(FROM_HERE_ON, migrations.RunSQL.noop),
    ]
