from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("erasing", "0001_initial")]

    operations = [
        migrations.RunSQL("ALTER TABLE log ALTER body SET STATISTICS 0", "ALTER TABLE log ALTER body SET STATISTICS -1")
    ]
