"""The question to the lake, written once as an Ibis expression: which identity was in which steps in a
period.

DuckDB and Spark run the same expression. What DuckDB runs is kept beside it, compiled, in `steps.duckdb.sql`,
because importing Ibis takes seconds and 50 MB; a test holds the two together. After a change run `python -m
lianyi.insight.funnel.expression`.
"""

from functools import cache
from pathlib import Path
from typing import Any

_COMPILED = Path(__file__).with_name("steps.duckdb.sql")
# Stand for the bounds in the compiled text; no moment is that long ago.
_START, _END = -(2**62) - 1, -(2**62) - 2


def bits_by_identity(whole: Any, partly: Any, steps: Any, start: int, end: int) -> Any:
    """{identity, bits}: the union of the bits of the steps that its events count for.

    `whole` are events that all fall in the period, `partly` those of which only the ones in [start, end) do
    (µs); `steps` is {name, bit}. Events without an identity and those of machines don't count.
    """
    from ibis import _, union

    columns = ("identity", "name", "machine")
    inside = partly.filter(_.occurred_at >= start, _.occurred_at < end).select(*columns)
    events = union(whole.select(*columns), inside, distinct=False)
    counted = events.filter(_.identity > 0, ~_.machine).join(steps, "name")
    return counted.group_by("identity").agg(bits=_.bit.bit_or())


@cache
def compiled(start: int, end: int) -> str:
    """DuckDB's SQL of the expression over relations named `whole`, `partly` and `steps`."""
    return _COMPILED.read_text().replace(str(_START), str(int(start))).replace(str(_END), str(int(end)))


def compile_anew() -> str:
    """The text of the compiled file, by Ibis."""
    import ibis

    events = {"identity": "int64", "name": "string", "occurred_at": "int64", "machine": "boolean"}
    expression = bits_by_identity(
        ibis.table(events, name="whole"),
        ibis.table(events, name="partly"),
        ibis.table({"name": "string", "bit": "uint8"}, name="steps"),
        _START,
        _END,
    )
    return str(ibis.to_sql(expression, dialect="duckdb")) + "\n"


if __name__ == "__main__":
    _COMPILED.write_text(compile_anew())
