from django.db import migrations, models

# Where events were numbered before there was a catalogue, it counts from here on; `lianyi replay catalogue` counts those
# before. Without a cursor it would wait for days of the log that are gone.
FROM_HERE_ON = """
    INSERT INTO cursor (workspace_id, projector, batch)
    SELECT workspace_id, 'catalogue', batch FROM cursor WHERE projector = 'lifecycle' ON CONFLICT DO NOTHING
    """


class Migration(migrations.Migration):
    initial = True

    dependencies = [("log", "0002_dead_letter_of_reason")]

    operations = [
        migrations.CreateModel(
            name="EventDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace", "name", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace", models.IntegerField()),
                ("day", models.DateField()),
                ("name", models.TextField()),
                ("events", models.BigIntegerField()),
            ],
            options={
                "db_table": "event_day",
            },
        ),
        migrations.CreateModel(
            name="EventProperty",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace", "name", "property", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace", models.IntegerField()),
                ("name", models.TextField()),
                ("property", models.TextField()),
                ("texts", models.BigIntegerField()),
                ("numbers", models.BigIntegerField()),
                ("truths", models.BigIntegerField()),
                ("nulls", models.BigIntegerField()),
                ("lists", models.BigIntegerField()),
                ("maps", models.BigIntegerField()),
            ],
            options={
                "db_table": "event_property",
            },
        ),
        migrations.CreateModel(
            name="EventSender",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace",
                        "name",
                        "form",
                        "origin",
                        "key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("workspace", models.IntegerField()),
                ("key", models.BigIntegerField()),
                ("name", models.TextField()),
                ("form", models.TextField()),
                ("origin", models.TextField()),
                ("events", models.BigIntegerField()),
            ],
            options={
                "db_table": "event_sender",
            },
        ),
        migrations.CreateModel(
            name="EventsLeftOut",
            fields=[
                ("workspace", models.IntegerField(primary_key=True, serialize=False)),
                ("events", models.BigIntegerField()),
            ],
            options={
                "db_table": "event_left_out",
            },
        ),
        migrations.CreateModel(
            name="EventType",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace", "name", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workspace", models.IntegerField()),
                ("name", models.TextField()),
                ("events", models.BigIntegerField()),
                ("examined", models.BigIntegerField()),
                ("first_at", models.BigIntegerField()),
                ("last_at", models.BigIntegerField()),
                ("properties", models.IntegerField()),
                ("senders", models.IntegerField()),
                ("left_out", models.BigIntegerField()),
            ],
            options={
                "db_table": "event_type",
            },
        ),
        migrations.RunSQL(FROM_HERE_ON, migrations.RunSQL.noop),
    ]
