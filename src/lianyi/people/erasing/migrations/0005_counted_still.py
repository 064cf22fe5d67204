"""Events of people who were erased before are counted by the catalogue still."""

from django.db import migrations

_NOTE = """
    INSERT INTO event_erased (workspace, people) SELECT workspace, count(*) FROM erasure GROUP BY workspace
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("erasing", "0004_erasure_newest"), ("catalogue", "0002_erased_since")]

    operations = [migrations.RunSQL(_NOTE, migrations.RunSQL.noop)]
