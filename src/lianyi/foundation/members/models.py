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
    zone = models.CharField(
        max_length=64, blank=True, default="", db_default=""
    )  # IANA name; empty for that of the workspace
    password_changed_at = models.DateTimeField(null=True)
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
    guide_closed = models.BooleanField(default=False, db_default=False)  # they want no first steps shown

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


class Invitation(models.Model):
    """Somebody is asked to join a workspace. The secret of its link follows from `nonce` and the installation's secret
    key, so that the link can be mailed while nothing that opens it is stored.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=[(role.value, role.value) for role in Role])
    nonce = models.CharField(max_length=64)
    hash = models.BinaryField(max_length=32, unique=True)
    invited_by = models.CharField(max_length=64)  # as an audit line names an actor
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "invitation"
        constraints = [models.UniqueConstraint(fields=["workspace", "email"], name="invitation_once")]


class Device(models.Model):
    """A browser that a member has signed in with, known by a cookie of which a hash is kept."""

    member = models.ForeignKey(Member, models.CASCADE)
    hash = models.BinaryField(max_length=32)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        db_table = "member_device"
        constraints = [models.UniqueConstraint(fields=["member", "hash"], name="member_device_once")]
