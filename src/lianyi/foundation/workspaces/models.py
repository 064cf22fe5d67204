"""Rows of workspaces and their write keys."""

from django.db import models
from django.db.models.functions import Now


class Workspace(models.Model):
    """One brand. `slug` is its name in addresses and in 神策's `project`."""

    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=64, default="Asia/Shanghai")  # IANA name
    region = models.CharField(max_length=2, default="CN")  # how a phone number without a country code is read
    currency = models.CharField(max_length=3, default="CNY")
    language = models.CharField(max_length=10, default="zh-hans")
    # After so many days a member is reminded to change their password; 0 for never.
    password_days = models.PositiveSmallIntegerField(default=180, db_default=180)
    second_factor = models.BooleanField(default=False, db_default=False)  # members without one do nothing here
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "workspace"

    def __str__(self) -> str:
        return self.slug


class WriteKey(models.Model):
    """What lets a sender write events. A browser key is public and makes weak identities only."""

    class Kind(models.TextChoices):
        SERVER = "server"
        BROWSER = "browser"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="write_keys")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    label = models.CharField(max_length=100)
    # User ids and cookies of keys in one group are the same namespace: one app, several senders.
    group = models.CharField(max_length=63, default="default")
    hash = models.BinaryField(max_length=32, unique=True)
    hint = models.CharField(max_length=16)  # the first characters, to tell keys apart
    # A browser's key whole, to be copied again: it stands in every page of the website. Never a server's.
    public = models.CharField(max_length=80, null=True)
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "write_key"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(public=None) | models.Q(kind="browser"), name="write_key_of_a_server_is_secret"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} key {self.hint}…"
