from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("handover", "0001_initial")]

    operations = [migrations.RemoveIndex("handoverrow", "handover_paused")]
