from django.db import migrations, models

# Of questions that were there before; one that only a member's merge states has no link.
STATED = """
    UPDATE link_question q SET stated_at = coalesce(
        (SELECT min(l.occurred_at) FROM link l
            WHERE l.workspace = q.workspace AND l.a = q.a AND l.b = q.b AND l.strength = 1),
        (SELECT min(m.occurred_at) FROM person_merge m WHERE m.workspace = q.workspace AND m.a = q.a AND m.b = q.b), 0)
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_erased")]

    operations = [
        migrations.AddField(
            model_name="linkquestion",
            name="stated_at",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.RunSQL(STATED, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="linkquestion",
            index=models.Index(fields=["workspace", "stated_at", "a", "b"], name="question_in_order"),
        ),
        migrations.CreateModel(
            name="QuestionAnswer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace", "a", "b", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("said_at", models.BigIntegerField()),
                ("stated_at", models.BigIntegerField()),
                ("workspace", models.IntegerField()),
                ("a", models.IntegerField()),
                ("b", models.IntegerField()),
                (
                    "said",
                    models.CharField(
                        choices=[("same", "Same"), ("different", "Different"), ("later", "Later")], max_length=9
                    ),
                ),
                ("actor", models.CharField(max_length=64)),
                ("decision", models.BinaryField(null=True)),
                ("reasons", models.JSONField()),
            ],
            options={
                "db_table": "question_answer",
                "indexes": [
                    models.Index(fields=["workspace", "said", "-said_at", "a", "b"], name="answers_newest"),
                    models.Index(fields=["workspace", "b"], name="answer_of_b"),
                ],
            },
        ),
    ]
