from django.db import migrations, models

# Statistics of a column hold samples of its values, which would outlive the rows they came from.
NO_SAMPLES = "ALTER TABLE identity ALTER value SET STATISTICS 0"
SAMPLES = "ALTER TABLE identity ALTER value SET STATISTICS -1"


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ErasedIdentity",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace", "mark", "erased_at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("erased_at", models.BigIntegerField()),
                ("workspace", models.IntegerField()),
                ("number", models.IntegerField()),
                ("mark", models.BinaryField()),
            ],
            options={
                "db_table": "erased_identity",
                "indexes": [models.Index(fields=["workspace", "number"], name="erased_number")],
            },
        ),
        migrations.RunSQL(NO_SAMPLES, SAMPLES),
    ]
