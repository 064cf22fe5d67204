from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("segments", "0001_initial")]

    operations = [
        migrations.AddField("segmentstamp", "likelihood", models.TextField(db_default="", default="")),
    ]
