"""Hand-overs as a file."""

from collections.abc import Iterable, Iterator
from itertools import islice

from lianyi.audience.handover.schemas import Handover
from lianyi.foundation.members.queries import names_of
from lianyi.kernel.cells import csv_lines, neutral
from lianyi.kernel.clock import from_micros
from lianyi.kernel.money import plain
from lianyi.people.profiles.queries import people

HEADER = (
    "number",
    "person",
    "name",
    "state",
    "member",
    "member_name",
    "rule",
    "channel",
    "campaign",
    "offered_at",
    "changed_at",
    "due_at",
    "fit",
    "engagement",
    "reason",
    "amount",
    "currency",
    "note",
)
_PIECE = 1_000


def as_file(workspace: int, handovers: Iterable[Handover]) -> Iterator[bytes]:
    """The hand-overs as CSV in UTF-8, read and written in pieces."""
    yield b"\xef\xbb\xbf"  # by which Excel knows it
    yield from csv_lines([HEADER])
    waiting = iter(handovers)
    while some := list(islice(waiting, _PIECE)):
        names = {row.number: row.name for row in people(workspace, [one.person for one in some])}
        members = names_of(one.member for one in some if one.member is not None)
        yield from csv_lines(_row(one, names, members) for one in some)


def _row(one: Handover, names: dict[int, str], members: dict[int, str]) -> list[str]:
    cells = [
        str(one.number),
        str(one.person),
        names.get(one.person, ""),
        one.state.value,
        _text(one.member),
        members.get(one.member or 0, ""),
        one.rule,
        one.channel,
        one.campaign,
        _moment(one.offered_at),
        _moment(one.changed_at),
        _moment(one.due_at),
        _text(one.fit),
        _text(one.engagement),
        one.reason,
        "" if one.amount is None else plain(one.amount),
        one.currency,
        one.note,
    ]
    return [neutral(cell) for cell in cells]


def _text(value: float | None) -> str:
    return "" if value is None else str(value)


def _moment(at: int | None) -> str:
    return "" if at is None else from_micros(at).isoformat()
