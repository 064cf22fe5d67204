"""Hand-overs follow their people: when two become one, when one becomes two, and when one is erased."""

from collections.abc import Iterable, Sequence

from django.db import connection

from lianyi.audience.handover.models import HandoverRow, TakeRow
from lianyi.audience.handover.offering import due_after, end_take, give
from lianyi.audience.handover.schemas import OPEN, Outcome, State
from lianyi.audience.handover.settings import assignment_in, held
from lianyi.audience.scoring.pausing import pause
from lianyi.people.identity import queries as identity


def follow(workspace: int, now: int, persons: Iterable[int] | None = None, *, batch: int | None = None) -> None:
    """The hand-overs of `persons`, or of everybody, become those of whom their identities belong to now. Of several
    open ones of a person the earliest stays. `batch` is the one that is being projected.
    """
    rows = HandoverRow.objects.filter(workspace=workspace)
    if persons is not None:
        rows = rows.filter(person__in=sorted(set(persons)))
    if not rows.exists():
        return
    minutes = assignment_in(held(workspace)).accept_minutes
    found = {row.number: row for row in rows.select_for_update().order_by("number")}
    person_of = identity.persons_of(workspace, {row.identity for row in found.values()})
    before = {row.person for row in found.values()}
    now_of = {number: person_of.get(row.identity, row.person) for number, row in found.items()}
    apart = [row for row in found.values() if row.state == State.MERGED and _is_apart(row, now_of)]
    open_ = sorted([row for row in found.values() if row.state in OPEN] + apart, key=lambda row: row.number)
    first: dict[int, HandoverRow] = {}
    for row in open_:
        stays = first.setdefault(now_of[row.number], row)
        if stays is not row and row.state in OPEN:
            _close(row, stays, now)
    _move(workspace, found, now_of)
    for row in apart:
        if first[now_of[row.number]] is row:
            _reopen(row, now, due_after(workspace, now, minutes))
    pause(workspace, _pauses(found.values(), now_of, before), now, batch=batch)


def forget_people(workspace: int, numbers: Sequence[int]) -> dict[str, int]:
    """Deletes the hand-overs of these people; rows by table."""
    some = list(numbers)
    rows = HandoverRow.objects.filter(workspace=workspace)
    gone = {*rows.filter(identity__in=some).values_list("number", flat=True)}
    gone |= {*rows.filter(person__in=some).values_list("number", flat=True)}
    takes = TakeRow.objects.filter(workspace=workspace, handover__in=gone).delete()[0]
    return {"handover": rows.filter(number__in=gone).delete()[0], "handover_take": takes}


def _pauses(rows: Iterable[HandoverRow], now_of: dict[int, int], before: set[int]) -> dict[int, int]:
    """Until when each of these people is left in peace, where any of them ever was; 0: no longer."""
    said = [(now_of[row.number], row.paused_until) for row in rows if row.paused_until is not None]
    until = dict.fromkeys(before | set(now_of.values()), 0) if said else {}
    for person, moment in said:
        until[person] = max(until[person], moment)
    return until


def _is_apart(row: HandoverRow, now_of: dict[int, int]) -> bool:
    """Whether the person of a closed one is another again than that of the one that stayed."""
    return row.merged_into in now_of and now_of[row.merged_into] != now_of[row.number]


def _close(row: HandoverRow, stays: HandoverRow, now: int) -> None:
    row.merged_from, row.state, row.merged_into, row.changed_at = row.state, State.MERGED.value, stays.number, now
    row.save(update_fields=["merged_from", "state", "merged_into", "changed_at"])
    end_take(row, now, Outcome.MERGED)


def _reopen(row: HandoverRow, now: int, due: int | None) -> None:
    before, row.merged_into, row.merged_from = row.merged_from, None, ""
    row.state, row.changed_at = before, now
    row.save(update_fields=["state", "merged_into", "merged_from", "changed_at"])
    if before == State.OFFERED and row.member is not None:
        give(row, row.member, now, due, Outcome.MERGED)


def _move(workspace: int, found: dict[int, HandoverRow], now_of: dict[int, int]) -> None:
    """In two steps: two people may change places, and nobody has two open ones in between."""
    moved = {number: person for number, person in now_of.items() if found[number].person != person}
    if not moved:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE handover SET person = -number WHERE workspace = %s AND number = ANY(%s)", [workspace, list(moved)]
        )
        cursor.execute(
            "UPDATE handover h SET person = m.person FROM unnest(%s::int[], %s::int[]) AS m (number, person)"
            " WHERE h.workspace = %s AND h.number = m.number",
            [list(moved), list(moved.values()), workspace],
        )
    for number, person in moved.items():
        found[number].person = person
