"""Rows of pages. Definitions are JSON as `reading.read` takes it; moments are microseconds."""

from django.db import models

from lianyi.foundation.domains.models import Domain


class PageRow(models.Model):
    """A page with its draft; without a domain it stands at the installation's own address. `version` is the one that is
    published; it is none while the page is not to be seen.
    """

    workspace = models.BigIntegerField()
    domain = models.ForeignKey(Domain, models.PROTECT, null=True, related_name="+")
    slug = models.TextField()
    name = models.TextField()
    draft = models.JSONField()
    edition = models.IntegerField(default=1)  # of the draft
    seed = models.TextField()  # by which visitors get their variant
    version = models.IntegerField(null=True)
    last = models.IntegerField(default=0)  # the last version that was published
    drafted_from = models.IntegerField(default=0)  # the edition that was published last
    created_at = models.BigIntegerField()
    changed_at = models.BigIntegerField()
    archived_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "page"
        constraints = [models.UniqueConstraint(fields=["slug", "domain"], name="page_once", nulls_distinct=False)]
        indexes = [models.Index(fields=["workspace", "-id"], name="pages_newest")]


class VersionRow(models.Model):
    """What was published: it never changes."""

    pk = models.CompositePrimaryKey("page", "number")
    at = models.BigIntegerField()
    page = models.BigIntegerField()
    number = models.IntegerField()
    actor = models.TextField()
    definition = models.JSONField()

    class Meta:
        db_table = "page_version"
