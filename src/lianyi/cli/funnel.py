"""`lianyi funnel`: how far people came along AISAS, by where they came from."""

from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Annotated

import typer

from lianyi.cli.frame import Call, single, verb
from lianyi.cli.language import _

app = single()
_FORMS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_STEPS = ("attention", "interest", "search", "action", "share")


class By(StrEnum):
    """Which of a person's sources names its row."""

    FIRST_SOURCE = "first_source"
    LAST_SOURCE = "last_source"


@verb(app, "funnel")
def funnel(
    call: Call,
    *,
    start: Annotated[
        datetime | None,
        typer.Option(
            "--from", formats=_FORMS, help=_("First day, in the workspace's zone; without it, the first ever.")
        ),
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=_FORMS, help=_("The day after the last; without it, no end."))
    ] = None,
    by: Annotated[By, typer.Option(help=_("Where people came from first, or last."))] = By.FIRST_SOURCE,
    steps: Annotated[
        str, typer.Option(help=_("Instead, events that follow one another, such as 'Product Viewed,Order Completed'."))
    ] = "",
    within: Annotated[int, typer.Option(min=1, max=3_650, help=_("Within so many days of the first of them."))] = 30,
) -> None:
    """Counts people in each step of AISAS by source, and the share of each step that is in the next as well."""
    with call.installation():
        from lianyi.insight.funnel import queries

        if steps:
            _ordered(call, steps.split(","), within, start, end)
            return
        found = queries.funnel(call.workspace().pk, start, end, by.value)
        rows = [row.as_dict() for row in (*found.rows, found.total)]
    shown = rows if call.json else [_readable(row) for row in rows]
    rates = [name for name in rows[0] if name.endswith("_rate")]
    columns = ["source", _STEPS[0]]
    for step, rate in zip(_STEPS[1:], rates, strict=True):
        columns += [step, rate]
    call.rows(shown, columns)


def _ordered(call: Call, events: list[str], within: int, start: datetime | None, end: datetime | None) -> None:
    from lianyi.insight.funnel.ordered import ordered_funnel, read_steps
    from lianyi.insight.funnel.queries import period_of
    from lianyi.kernel.clock import system_clock, to_micros

    steps = read_steps([{"event": name.strip()} for name in events])
    workspace = call.workspace().pk
    period = period_of(workspace, start, end)
    people = ordered_funnel(workspace, steps, within, to_micros(system_clock()), period)
    rates = [None, *(after / before if before else None for before, after in pairwise(people))]
    rows: list[dict[str, object]] = [
        {"step": step.event, "people": count, "rate": rate}
        for step, count, rate in zip(steps, people, rates, strict=True)
    ]
    call.rows(rows if call.json else [_readable(row) for row in rows], ["step", "people", "rate"])


def _readable(row: dict[str, object]) -> dict[str, object]:
    """Shares as per cents."""
    return {name: f"{value:.1%}" if isinstance(value, float) else value for name, value in row.items()}
