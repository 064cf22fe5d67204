"""Submissions as a table that leaves as a file: a column for each field that the form ever had, texts defused."""

import json
from collections.abc import Iterator
from typing import Any

from lianyi.growth.forms.queries import every_submission, form_of, versions_of
from lianyi.kernel.cells import csv_lines, neutral
from lianyi.kernel.clock import from_micros

_BEFORE = ("at", "person", "version", "language")
_BEHIND = ("channel", "campaign", "code", "page")


def as_file(workspace: int, form: int, **asked: Any) -> Iterator[bytes]:
    """The submissions as CSV in UTF-8, the newest first; `asked` as `submissions` takes it. Refuses an unknown form."""
    return csv_lines(table_of(workspace, form, **asked))


def table_of(workspace: int, form: int, **asked: Any) -> Iterator[list[Any]]:
    """The same as rows, beneath a head."""
    drafted = [field.key for field in form_of(workspace, form).draft.fields]
    before = [field.key for version in versions_of(workspace, form, 1_000) for field in version.definition.fields]
    keys = list(dict.fromkeys([*drafted, *before]))
    return _rows(workspace, form, keys, asked)


def _rows(workspace: int, form: int, keys: list[str], asked: dict[str, Any]) -> Iterator[list[Any]]:
    yield [*_BEFORE, *(f"answer:{key}" for key in keys), *_BEHIND]
    for row in every_submission(workspace, form, **asked):
        yield [
            from_micros(row.at).isoformat(),
            row.person or "",
            row.version,
            neutral(row.language),
            *(answer_cell(row.answers.get(key)) for key in keys),
            *map(neutral, (row.source.channel, row.source.campaign, row.source.code, row.page)),
        ]


def answer_cell(value: Any) -> Any:
    """An answer in one cell, defused."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return value
        case list():
            return neutral("; ".join(map(str, value)))
        case dict():
            return neutral(str(value.get("name", json.dumps(value, ensure_ascii=False))))
        case _:
            return neutral(str(value))
