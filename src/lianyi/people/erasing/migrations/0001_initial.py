import django.contrib.postgres.fields
from django.db import migrations, models

# Statistics of a column hold samples of its values, which would outlive the rows they came from. No question is
# planned by these columns.
WITHOUT_SAMPLES = {
    "trait_fact": ("value", "first"),
    "consent": ("how", "proof"),
    "orders": ("number",),
    "person": ("name", "bigrams"),
    "dead_letter": ("body", "detail"),
}


def _statistics(target: int) -> str:
    return "; ".join(
        f"ALTER TABLE {table} " + ", ".join(f"ALTER {column} SET STATISTICS {target}" for column in columns)
        for table, columns in WITHOUT_SAMPLES.items()
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [("identity", "0002_erased"), ("profiles", "0001_initial"), ("log", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace",
                        "person",
                        "erased_at",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("erased_at", models.BigIntegerField()),
                ("laked_at", models.BigIntegerField(null=True)),
                ("workspace", models.IntegerField()),
                ("person", models.IntegerField()),
                ("numbers", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("beside", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
            options={
                "db_table": "erasure",
                "indexes": [
                    models.Index(
                        condition=models.Q(("laked_at__isnull", True)), fields=["workspace"], name="erasure_waiting"
                    )
                ],
            },
        ),
        migrations.RunSQL(_statistics(0), _statistics(-1)),
    ]
