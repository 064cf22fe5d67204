"""Reads of tasks with many people."""

from lianyi.people.profiles.bulk.schemas import Tagging
from lianyi.people.profiles.models import TaggingRow


def tagging(workspace: int, number: int) -> Tagging | None:
    """A task; null when there is none of this number."""
    row = TaggingRow.objects.filter(workspace=workspace, pk=number).first()
    return tagging_of(row) if row else None


def unfinished_taggings(workspace: int) -> list[Tagging]:
    """The tasks that somebody began and nobody ended, the newest first."""
    rows = TaggingRow.objects.filter(workspace=workspace, finished=False).order_by("-pk")[:5]
    return [tagging_of(row) for row in rows]


def tagging_of(row: TaggingRow) -> Tagging:
    """The row as others see it."""
    return Tagging(
        row.pk, row.dimension, row.tag, row.taking, row.done, max(row.about, row.done), row.finished, row.stopped
    )
