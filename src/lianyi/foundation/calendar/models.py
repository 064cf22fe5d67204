"""Rows of the calendar."""

from django.db import models

from lianyi.foundation.workspaces.models import Workspace


class BusinessHours(models.Model):
    """A workspace's week: seven lists of [from, to] in minutes after midnight, Monday first."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, primary_key=True, related_name="+")
    week = models.JSONField()
    country = models.CharField(max_length=2, blank=True)  # whose public holidays are kept (ISO 3166); "" for none

    class Meta:
        db_table = "business_hours"


class CalendarDay(models.Model):
    """A day of a workspace that differs: closed when `spans` is empty. It wins over the week and public holidays."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    day = models.DateField()
    spans = models.JSONField()
    note = models.CharField(max_length=100, blank=True)

    class Meta:
        db_table = "calendar_day"
        constraints = [models.UniqueConstraint(fields=["workspace", "day"], name="calendar_day_once")]
