from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tokens", "0001_initial")]

    operations = [
        migrations.AddField(
            "apitoken",
            "parent",
            models.ForeignKey("tokens.apitoken", models.CASCADE, null=True, related_name="children"),
        ),
    ]
