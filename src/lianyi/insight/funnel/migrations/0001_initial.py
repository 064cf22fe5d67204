from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="FunnelStep",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace", "event", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace", models.BigIntegerField()),
                ("event", models.TextField()),
                ("step", models.SmallIntegerField(null=True)),
            ],
            options={"db_table": "funnel_step"},
        ),
    ]
