"""New people over time as the overview draws them, by the channel that they came from first; and people by stage."""

from datetime import date, datetime
from typing import Any, NamedTuple

from lianyi.insight.kept.keeping import kept
from lianyi.insight.newcomers.queries import arrivals
from lianyi.people.profiles.queries import stage_counts
from lianyi.web.periods import Period
from lianyi.web.templatetags.shown import channel_name, span


class Newcomers(NamedTuple):
    """What the template draws. `counted_at` is None until the first count is done."""

    period: Period
    counted_at: datetime | None
    fresh: bool
    total: int
    chart: dict[str, Any]


class Stages(NamedTuple):
    """People by stage, with the largest count."""

    counted_at: datetime | None
    fresh: bool
    counts: list[tuple[str, int]]
    most: int


def newcomers_shown(workspace: int, period: Period) -> Newcomers:
    """New people of a period, as far as they are counted."""

    def count() -> dict[str, Any]:
        found = arrivals(workspace, period.start, period.end)
        return {"grain": found.grain, "starts": [day.isoformat() for day in found.starts], "counts": found.counts}

    known = kept(workspace, f"newcomers:{period.key}", count)
    told = known.answer or {"grain": "day", "starts": [], "counts": {}}
    starts = [date.fromisoformat(day) for day in told["starts"]]
    counts: dict[str, list[int]] = told["counts"]
    chart = {
        "labels": [span(day, told["grain"]) for day in starts],
        "series": [{"name": channel_name(name), "values": some} for name, some in counts.items()],
    }
    return Newcomers(period, known.counted_at, known.fresh, sum(map(sum, counts.values())), chart)


def stages_shown(workspace: int) -> Stages:
    """People by stage, as far as they are counted."""
    known = kept(workspace, "stages", lambda: {stage.value: n for stage, n in stage_counts(workspace).items()})
    counts: dict[str, int] = known.answer or {}
    return Stages(known.counted_at, known.fresh, list(counts.items()), max(counts.values(), default=0) or 1)
