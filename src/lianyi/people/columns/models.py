"""Rows of columns. `workspace` carries no foreign key, as in the rooms below; times are µs."""

from django.db import models


class ColumnRun(models.Model):
    """A part of a column (see `parts`), packed: all that changed of it after version `since`, up to `version`. Since 0
    it is all there is. A large one is several rows, by person.
    """

    pk = models.CompositePrimaryKey("workspace", "column", "version", "place")
    version = models.BigIntegerField()
    since = models.BigIntegerField()
    batch = models.BigIntegerField()  # of the log, the last that changed anything here
    workspace = models.IntegerField()
    low = models.IntegerField()  # person, the first of whom it says anything
    high = models.IntegerField()  # the last
    size = models.IntegerField()  # how many people it is about
    place = models.SmallIntegerField()
    column = models.TextField()
    data = models.BinaryField()

    class Meta:
        db_table = "column_run"
        indexes = [models.Index(fields=["workspace", "version"], name="column_run_newest")]


class ColumnState(models.Model):
    """How far the columns of a workspace are. Every change of any of them has a version of its own, which is never
    given again.
    """

    workspace = models.IntegerField(primary_key=True)
    version = models.BigIntegerField()
    filled = models.BigIntegerField(null=True)  # the batch up to which they were made as a whole; null: they are not
    recipe = models.JSONField()  # by what values are picked: see `recipes`

    class Meta:
        db_table = "column_state"
