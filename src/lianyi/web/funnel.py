"""The funnel as the overview draws it: five steps, a line per source, a rate between each step and the next."""

from datetime import date, datetime
from typing import NamedTuple, cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.insight.funnel.queries import funnel
from lianyi.insight.funnel.schemas import By, FunnelRow, Step
from lianyi.web.periods import Period

SIDES: dict[str, Promise] = {"first_source": _("First source"), "last_source": _("Last source")}
_LINES = 20  # sources that are shown, those with most people
_BEGINNING, _END = date(1900, 1, 1), date(2200, 1, 1)


class Cell(NamedTuple):
    """People in a step; `rate`, of those in the step before it, and `share`, of the largest count among its like."""

    step: str
    people: int
    rate: float | None
    share: float  # 0 to 100


class Line(NamedTuple):
    """A source, or all of them together."""

    source: str
    cells: list[Cell]


class FunnelShown(NamedTuple):
    """What the template draws."""

    period: Period
    side: str
    total: Line
    lines: list[Line]
    left_out: int  # sources with fewer people

    @property
    def empty(self) -> bool:
        """Whether nobody was in any step."""
        return not any(cell.people for cell in self.total.cells)


def funnel_shown(workspace: int, period: Period, side: str) -> FunnelShown:
    """The funnel of a period by the first or last source."""
    start: date | datetime = period.start or _BEGINNING
    counted = funnel(workspace, start, period.end or _END, cast(By, side))
    rows = counted.rows[:_LINES]
    most = max((count for row in rows for count in row.people), default=0)
    return FunnelShown(
        period,
        side,
        _line(counted.total, max(counted.total.people, default=0)),
        [_line(row, most) for row in rows],
        len(counted.rows) - len(rows),
    )


def _line(row: FunnelRow, most: int) -> Line:
    rates = (None, *row.rates)
    return Line(
        row.source,
        [Cell(step.label, row.people[step], rates[step], 100 * row.people[step] / (most or 1)) for step in Step],
    )
