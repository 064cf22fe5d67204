"""How forms, surveys and gatherings are kept: a row with a draft, and a version of each that was published; and what
of them, and of the pages, belongs to a campaign.

`row` is one of theirs: it has `draft`, `changed_at`, and its `versions`.
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import JSONField, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from lianyi.foundation.access.acting import current_actor
from lianyi.kernel.clock import to_micros


def save(row: Any, now: datetime, **fields: Any) -> None:
    """Writes these fields, and when that was."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.changed_at = to_micros(now)
    row.save()


class Belonging(NamedTuple):
    """What belongs to a campaign: its number, what members call it, and whether visitors see it."""

    id: int
    name: str
    public: bool


def belonging(rows: QuerySet[Any], campaign: str, limit: int, public: Any) -> list[Belonging]:
    """Of these rows those whose drafts name the campaign of this key, the newest first. `public` is a condition."""
    said = KeyTextTransform("campaign", Cast("draft", JSONField()))
    found = rows.annotate(said=said, public=public).filter(said=campaign).order_by("-pk")[:limit]
    return [Belonging(*row) for row in found.values_list("pk", "name", "public")]


def version_of_draft(row: Any, stands_for: str, now: datetime) -> int:
    """The number under which the draft is published, by its digest: that of the newest version where it is the same,
    else of one more.
    """
    last = row.versions.order_by("-number").first()
    number: int = last.number if last else 0
    if last is None or last.digest != stands_for:
        number += 1
        row.versions.create(
            number=number,
            definition=row.draft,
            digest=stands_for,
            published_at=to_micros(now),
            published_by=current_actor().name,
        )
    return number
