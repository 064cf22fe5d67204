"""Rows of own domains."""

from django.db import models
from django.db.models.functions import Now

from lianyi.foundation.workspaces.models import Workspace


class Domain(models.Model):
    """One host, as it goes over the wire."""

    class Purpose(models.TextChoices):
        LINKS = "links"
        PAGES = "pages"
        ALL = "all"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    host = models.TextField(unique=True)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.ALL)
    waits = models.BooleanField(default=False, db_default=False)  # for the administrator of the installation
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "domain"
