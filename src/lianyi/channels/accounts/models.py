"""Rows of connected accounts, and how each fares."""

from django.db import models
from django.db.models.functions import Now

from lianyi.foundation.workspaces.models import Workspace


class ConnectedAccount(models.Model):
    """An account of a platform. Its secrets lie in the vault; `external` is what the platform calls it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    platform = models.TextField()
    external = models.TextField()
    name = models.TextField()
    address = models.TextField(unique=True)  # the last part of where the platform pushes to
    settings = models.JSONField(default=dict)  # text by name
    connected_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "connected_account"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "platform", "external"], name="connected_account_once")
        ]


class AccountHealth(models.Model):
    """What the edge has seen of an account; written every few seconds at the most."""

    account = models.OneToOneField(ConnectedAccount, models.CASCADE, primary_key=True, related_name="health")
    verified_at = models.DateTimeField(null=True)
    pushed_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    refused_why = models.TextField(default="")  # a code of connectors.port.receiving
    refusals = models.BigIntegerField(default=0)

    class Meta:
        db_table = "account_health"
