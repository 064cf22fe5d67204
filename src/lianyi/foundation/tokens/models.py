"""Rows of API tokens, of their pace, and of answers that are given again."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from lianyi.foundation.members.models import Member
from lianyi.foundation.workspaces.models import Workspace


class ApiToken(models.Model):
    """A token of one workspace. `scopes` are values of `Ability`; `member` made it, or their token `parent` did."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="api_tokens")
    member = models.ForeignKey(Member, models.CASCADE, related_name="api_tokens")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    label = models.CharField(max_length=100)
    scopes = ArrayField(models.CharField(max_length=40))
    hash = models.BinaryField(max_length=32, unique=True)
    hint = models.CharField(max_length=16)  # the first characters, to tell tokens apart
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)  # to the minute

    class Meta:
        db_table = "api_token"
        indexes = [models.Index(fields=["workspace", "-id"], name="api_token_newest")]


class Pace(models.Model):
    """How far a token is ahead: until when, in seconds since 1970, its calls are paid for. The table is not logged."""

    token = models.BigIntegerField(primary_key=True)
    until = models.FloatField()

    class Meta:
        db_table = "api_pace"


class GivenAnswer(models.Model):
    """The answer to a call that named a key, sealed by what only the caller has: the token's secret."""

    pk = models.CompositePrimaryKey("token", "key")
    token = models.BigIntegerField()
    key = models.CharField(max_length=255)
    digest = models.BinaryField(max_length=16)  # of method, address and body
    status = models.SmallIntegerField(null=True)
    sealed = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "api_answer"
        indexes = [models.Index(fields=["at"], name="api_answer_oldest")]
