"""Rows of sheets."""

from django.db import models

from lianyi.foundation.pieces import Piece


class CodeSheet(Piece):
    """A sheet that somebody asked for. Its look is that of the moment at which it was asked for."""

    title = models.TextField()
    installation = models.TextField()  # the address on which links without a domain stand
    chosen = models.JSONField()
    look = models.JSONField()
    codes = models.IntegerField()
    pages = models.IntegerField(default=0)
    stored = models.TextField(default="")  # the file's name, "" while there is none
    size = models.BigIntegerField(default=0)  # bytes

    class Meta:
        db_table = "code_sheet"
        indexes = [
            models.Index(fields=["workspace", "-id"], name="code_sheets_newest"),
            models.Index(fields=["asked_at"], name="code_sheets_running", condition=models.Q(state="running")),
            models.Index(fields=["finished_at"], name="code_sheets_kept", condition=~models.Q(stored="")),
        ]
