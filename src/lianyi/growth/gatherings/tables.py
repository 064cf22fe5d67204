"""Who registered as a table that leaves as a file: a column for each question there is, texts defused."""

from collections.abc import Iterator
from typing import Any

from lianyi.growth.forms.tables import answer_cell
from lianyi.growth.gatherings.models import GatheringVersion
from lianyi.growth.gatherings.queries import every_registration, gathering_of
from lianyi.growth.gatherings.reading import read
from lianyi.kernel.cells import csv_lines, neutral
from lianyi.kernel.clock import from_micros

_BEFORE = ("at", "person", "seat", "promoted", "came_at", "version", "language")
_BEHIND = ("channel", "campaign", "code")


def as_file(workspace: int, gathering: int, **asked: Any) -> Iterator[bytes]:
    """Who registered as CSV in UTF-8, the first first; `asked` as `registrations` takes it. Refuses an unknown one."""
    drafted = [field.key for field in gathering_of(workspace, gathering).draft.questions]
    versions = GatheringVersion.objects.filter(gathering__workspace=workspace, gathering=gathering)
    before = [
        field.key
        for text in versions.order_by("number").values_list("definition", flat=True)
        for field in read(text).questions
    ]
    return csv_lines(_rows(workspace, gathering, list(dict.fromkeys([*drafted, *before])), asked))


def _rows(workspace: int, gathering: int, keys: list[str], asked: dict[str, Any]) -> Iterator[list[Any]]:
    yield [*_BEFORE, *(f"answer:{key}" for key in keys), *_BEHIND]
    for row in every_registration(workspace, gathering, **asked):
        yield [
            from_micros(row.at).isoformat(),
            row.person or "",
            row.seat.value,
            "yes" if row.promoted else "",
            "" if row.came_at is None else from_micros(row.came_at).isoformat(),
            row.version,
            neutral(row.language),
            *(answer_cell(row.answers.get(key)) for key in keys),
            *map(neutral, (row.source.channel, row.source.campaign, row.source.code)),
        ]
