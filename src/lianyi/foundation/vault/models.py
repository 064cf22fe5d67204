"""Rows of the vault."""

from django.db import models
from django.db.models.functions import Now

from lianyi.foundation.workspaces.models import Workspace


class VaultSecret(models.Model):
    """One sealed secret. `key_id` names the key that opens it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    key_id = models.CharField(max_length=16)
    nonce = models.BinaryField(max_length=12)
    sealed = models.BinaryField()
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "vault_secret"
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="vault_secret_once")]
