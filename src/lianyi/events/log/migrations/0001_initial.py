import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

LOG = """
CREATE SEQUENCE log_id;
CREATE TABLE log (
    day date NOT NULL,
    id bigint NOT NULL DEFAULT nextval('log_id'),
    workspace bigint NOT NULL,
    key bigint NOT NULL,
    form text NOT NULL,
    received_at bigint NOT NULL,
    count integer NOT NULL,
    ids bytea NOT NULL,
    body bytea NOT NULL,
    batch bigint,
    "offset" integer
) PARTITION BY RANGE (day);
ALTER TABLE log ALTER body SET STORAGE EXTERNAL, ALTER ids SET STORAGE EXTERNAL;
CREATE TABLE log_rest PARTITION OF log DEFAULT;
CREATE INDEX log_unnumbered ON log (id) WHERE batch IS NULL;
CREATE INDEX log_batch ON log (batch);
CREATE TABLE batch_counter (number bigint NOT NULL);
INSERT INTO batch_counter VALUES (0);
CREATE TABLE lake_epoch (number bigint NOT NULL);
INSERT INTO lake_epoch VALUES (1);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("workspaces", "0001_initial")]

    operations = [
        migrations.RunSQL(LOG, "DROP TABLE lake_epoch, batch_counter, log; DROP SEQUENCE log_id"),
        migrations.CreateModel(
            name="NumberedBatch",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("count", models.IntegerField()),
                ("left_out", models.BinaryField()),
                ("repeats", models.IntegerField()),
                ("numbered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "db_table": "batch",
                "indexes": [models.Index(fields=["workspace", "number"], name="batch_of_workspace")],
            },
        ),
        migrations.CreateModel(
            name="Cursor",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "projector",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("projector", models.CharField(max_length=40)),
                ("batch", models.BigIntegerField(default=0)),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={"db_table": "cursor"},
        ),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("key", models.BigIntegerField()),
                ("form", models.CharField(max_length=16)),
                ("received_at", models.BigIntegerField()),
                ("reason", models.CharField(max_length=64)),
                ("detail", models.CharField(max_length=500)),
                ("body", models.BinaryField()),
                ("projector", models.CharField(default="", max_length=40)),
                ("batch", models.BigIntegerField(null=True)),
                ("position", models.IntegerField(null=True)),
                ("replayed_at", models.DateTimeField(null=True)),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "db_table": "dead_letter",
                "indexes": [models.Index(fields=["workspace", "-id"], name="dead_letter_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=["batch", "position", "projector"], name="dead_letter_once")
                ],
            },
        ),
    ]
