from django.db import migrations

# PostgreSQL empties what it does not log when it begins anew after a crash.
UNBROKEN = "CREATE UNLOGGED TABLE unbroken (since timestamptz NOT NULL)"


class Migration(migrations.Migration):
    dependencies = [("log", "0002_dead_letter_of_reason")]

    operations = [migrations.RunSQL(UNBROKEN, "DROP TABLE unbroken")]
