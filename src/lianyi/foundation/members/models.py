"""Rows of members."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.workspaces.models import Workspace


class Member(AbstractBaseUser):
    """Someone who signs in, by e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "email"
    objects = BaseUserManager["Member"]()

    class Meta:
        db_table = "member"


class Membership(models.Model):
    """A member's role in one workspace."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="memberships")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=[(role.value, role.value.title()) for role in Role])

    class Meta:
        db_table = "membership"
        constraints = [models.UniqueConstraint(fields=["member", "workspace"], name="membership_once")]


class SignInLink(models.Model):
    """A link that signs one member in, once."""

    member = models.ForeignKey(Member, models.CASCADE)
    hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sign_in_link"
