"""Tokens of members who left are revoked: they would work again for who comes back."""

from django.db import migrations

_REVOKE = """
    UPDATE api_token SET revoked_at = now() WHERE revoked_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM membership
        WHERE membership.member_id = api_token.member_id AND membership.workspace_id = api_token.workspace_id)
"""


class Migration(migrations.Migration):
    dependencies = [("tokens", "0002_parent"), ("members", "0003_guide_closed")]

    operations = [migrations.RunSQL(_REVOKE, migrations.RunSQL.noop)]
