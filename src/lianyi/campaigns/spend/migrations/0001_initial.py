from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SpendRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace", models.BigIntegerField()),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("amount", models.DecimalField(decimal_places=6, max_digits=20)),
                ("currency", models.TextField()),
                ("channel", models.TextField()),
                ("medium", models.TextField()),
                ("campaign", models.TextField()),
                ("code", models.TextField()),
                ("note", models.TextField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "db_table": "spend",
                "indexes": [
                    models.Index(fields=["workspace", "-id"], name="spend_newest"),
                    models.Index(fields=["workspace", "last_on"], name="spend_of_days"),
                ],
                "constraints": [models.UniqueConstraint(fields=("workspace", "hash"), name="spend_once")],
            },
        ),
    ]
