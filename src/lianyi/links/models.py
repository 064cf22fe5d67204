"""Rows of links."""

from django.db import models

from lianyi.campaigns.campaigns.models import Campaign
from lianyi.foundation.domains.models import Domain


class ShortLink(models.Model):
    """See schemas.Link; without a domain it stands on the installation's own address. Moments are microseconds."""

    workspace = models.BigIntegerField()
    domain = models.ForeignKey(Domain, models.PROTECT, null=True, related_name="+")
    slug = models.TextField()  # small letters; a link's for ever
    kind = models.TextField()
    name = models.TextField()
    target = models.TextField()
    code = models.TextField()
    channel = models.TextField(default="")
    medium = models.TextField(default="")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    term = models.TextField(default="")
    content = models.TextField(default="")
    routes = models.JSONField(default=list)
    ios = models.TextField(default="")
    android = models.TextField(default="")
    expires_at = models.BigIntegerField(null=True)
    expired_target = models.TextField(default="")
    password = models.TextField(default="")  # its hash
    holder_kind = models.TextField(default="")
    holder = models.TextField(default="")
    account = models.TextField(default="", db_default="")  # the AppID, of a WeChat code; see scenes
    scene = models.TextField(default="", db_default="")
    picture = models.TextField(default="", db_default="")
    member = models.BigIntegerField(null=True)  # of the staff, when the holder is one who signs in
    created_at = models.BigIntegerField()
    archived_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "short_link"
        constraints = [
            models.UniqueConstraint(fields=["slug", "domain"], name="short_link_once", nulls_distinct=False),
            models.UniqueConstraint(
                fields=["workspace", "account", "scene"],
                condition=models.Q(kind="wechat"),
                name="short_link_scene_once",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=["link", "code", "wechat"]), name="short_link_kind"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="short_links_newest"),
            models.Index(fields=["workspace", "code"], name="short_links_of_code"),
        ]


class LinkTemplate(models.Model):
    """See drafts.Template."""

    workspace = models.BigIntegerField()
    name = models.TextField()
    channel = models.TextField()
    medium = models.TextField()
    campaign = models.TextField()  # a key
    term = models.TextField()
    content = models.TextField()

    class Meta:
        db_table = "link_template"
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="link_template_once")]
