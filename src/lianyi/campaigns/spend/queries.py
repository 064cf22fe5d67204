"""Reads of spend."""

from collections.abc import Iterator
from datetime import date

from django.db import connection

from lianyi.campaigns.spend.models import SpendRow
from lianyi.campaigns.spend.schemas import Cost, Spend, SpendLine
from lianyi.events.schemas import Source

_BY_SOURCE = """
SELECT channel, medium, campaign, code, currency, round(sum(
    amount * (least(last_on, %(last)s::date) - greatest(first_on, %(first)s::date) + 1) / (last_on - first_on + 1)), 6)
FROM spend WHERE workspace = %(workspace)s AND last_on >= %(first)s AND first_on <= %(last)s
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


def spend_lines(workspace: int, limit: int, before: int | None = None) -> list[SpendLine]:
    """The newest lines first; those before line `before`, where a page ended."""
    rows = SpendRow.objects.filter(workspace=workspace).order_by("-pk")
    return [_line(row) for row in (rows if before is None else rows.filter(pk__lt=before))[:limit]]


def spend_line(workspace: int, line: int) -> SpendLine | None:
    """One line."""
    row = SpendRow.objects.filter(workspace=workspace, pk=line).first()
    return None if row is None else _line(row)


def every_line(workspace: int) -> Iterator[SpendLine]:
    """All lines, the newest first."""
    before: int | None = None
    while page := spend_lines(workspace, 1_000, before):
        yield from page
        before = page[-1].id


def cost_by_source(workspace: int, first_on: date, last_on: date) -> list[Cost]:
    """What each source cost from `first_on` to `last_on`, both included, in each currency: of every line as much as
    falls on those days, to the sixth decimal.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BY_SOURCE, {"workspace": workspace, "first": first_on, "last": last_on})
        return [Cost(Source(*row[:4]), row[4], row[5]) for row in cursor.fetchall()]


def _line(row: SpendRow) -> SpendLine:
    source = Source(row.channel, row.medium, row.campaign, row.code)
    return SpendLine(row.pk, Spend(source, row.first_on, row.last_on, row.amount, row.currency, row.note))
