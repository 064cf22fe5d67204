from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0002_workspace_password_days")]

    operations = [
        migrations.AddField("writekey", "public", models.CharField(max_length=80, null=True)),
        migrations.AddConstraint(
            "writekey",
            models.CheckConstraint(
                condition=models.Q(("public", None), ("kind", "browser"), _connector="OR"),
                name="write_key_of_a_server_is_secret",
            ),
        ),
    ]
