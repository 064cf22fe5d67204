"""The funnel as the overview draws it: five steps, a line per source, a rate between each step and the next.

It is counted from every event of the period, which takes a second at twenty million of them: so it is a kept answer.
"""

from datetime import date, datetime
from typing import Any, NamedTuple, cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.insight.funnel.queries import funnel, steps_of
from lianyi.insight.funnel.schemas import By, FunnelRow, Step
from lianyi.insight.kept.keeping import kept
from lianyi.kernel.ids import digest
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
    """What the template draws. `counted_at` is None until the first count is done; `fresh`: it is the newest."""

    period: Period
    side: str
    counted_at: datetime | None
    fresh: bool
    total: Line
    lines: list[Line]
    left_out: int  # sources with fewer people

    @property
    def empty(self) -> bool:
        """Whether nobody was in any step."""
        return not any(cell.people for cell in self.total.cells)


def funnel_shown(workspace: int, period: Period, side: str) -> FunnelShown:
    """The funnel of a period by the first or last source, as far as it is counted."""
    start: date | datetime = period.start or _BEGINNING
    end = period.end or _END

    def count() -> list[Any]:
        counted = funnel(workspace, start, end, cast(By, side))
        return [counted.total, *counted.rows]

    steps = digest(*(f"{name}={step}" for name, step in sorted(steps_of(workspace).items()))).hex()
    known = kept(workspace, f"funnel:{side}:{period.key}:{steps}", count)
    if known.answer is None:
        return FunnelShown(period, side, None, False, Line("", []), [], 0)
    total, *every = (FunnelRow(source, tuple(people), tuple(both)) for source, people, both in known.answer)
    rows = every[:_LINES]
    most = max((people for row in rows for people in row.people), default=0)
    return FunnelShown(
        period,
        side,
        known.counted_at,
        known.fresh,
        _line(total, max(total.people, default=0)),
        [_line(row, most) for row in rows],
        len(every) - len(rows),
    )


def _line(row: FunnelRow, most: int) -> Line:
    rates = (None, *row.rates)
    return Line(
        row.source,
        [Cell(step.label, row.people[step], rates[step], 100 * row.people[step] / (most or 1)) for step in Step],
    )
