from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ErasedSince",
            fields=[
                ("workspace", models.IntegerField(primary_key=True, serialize=False)),
                ("people", models.IntegerField()),
            ],
            options={"db_table": "event_erased"},
        ),
    ]
