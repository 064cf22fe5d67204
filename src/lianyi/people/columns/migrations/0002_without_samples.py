from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("columns", "0001_initial")]

    operations = [
        # They would outlive who is erased.
        migrations.RunSQL(
            "ALTER TABLE column_run ALTER data SET STATISTICS 0",
            "ALTER TABLE column_run ALTER data SET STATISTICS -1",
        ),
    ]
