"""Writes to segments by members and rooms.

What is held is held in one order, so that nobody waits in a ring: the pipeline, members, the segment, the stamp.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import connection, transaction
from pyroaring import BitMap

from lianyi.audience.segments import storing
from lianyi.audience.segments.checking import check_here
from lianyi.audience.segments.definitions import refuse_ring
from lianyi.audience.segments.filling import note_rows
from lianyi.audience.segments.models import ChangeRow, ListUpload, MembersRow, SegmentRow, SegmentUse
from lianyi.audience.segments.schemas import (
    NAME_CHARACTERS,
    NOTE_CHARACTERS,
    Cause,
    Kind,
    SegmentUnknown,
    State,
)
from lianyi.audience.segments.storing import Memory, Moved
from lianyi.audience.segments.uploading import AT_ONCE, MOST_ROWS, SMALL, Resolved, TooLong, resolve
from lianyi.audience.segments.using import hold, users_of
from lianyi.events.log.actions import lock
from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.columns.queries import version_of
from lianyi.people.identity import queries as identity
from lianyi.people.imports.uploads.keeping import drop, keep
from lianyi.rules.needing import needs as needs_of
from lianyi.rules.nodes import Rule
from lianyi.rules.reading import stored

MOST_SEGMENTS = 2_000


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def create_segment(
    workspace: int, name: str, rule: Rule, now: datetime, *, kind: Kind = Kind.LIVE, note: str = ""
) -> int:
    """A live segment, or a snapshot of who it is now. Its number; the worker finds its members within seconds. Refuses
    a rule that speaks of what is not there, and one that would make a ring.
    """
    if kind is Kind.LIST:
        raise Refused("segment.kind", "A list has no rule.", "Upload its people.")
    check_here(workspace, rule)
    number = _add(workspace, name, note, kind, now, rule)
    _use(workspace, number, rule)
    record_audit(workspace, "segment.created", {"segment": number, "name": name, "kind": kind})
    return number


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def create_list(workspace: int, name: str, people: Iterable[int], now: datetime, *, note: str = "") -> int:
    """A list of these people; its number. Refuses a number that is no person's."""
    number = _add(workspace, name, note, Kind.LIST, now, None)
    _change_list(workspace, number, people, (), now)
    record_audit(workspace, "segment.created", {"segment": number, "name": name, "kind": Kind.LIST})
    return number


@needs(Ability.EDIT_SEGMENTS)
def upload_list(
    workspace: int, name: str, path: Path, now: datetime, *, holds: str = "", note: str = "", wait: bool = False
) -> tuple[int, Resolved | None]:
    """A list of whom the rows of a file mean; its number, and what was found. Nothing yet where the file is long: the
    worker looks it up, unless the caller is to `wait`, and the file is moved. Refuses a file that means nobody.
    """
    found = None
    if wait or path.stat().st_size <= SMALL:
        try:
            found = resolve(workspace, path, holds, most=MOST_ROWS if wait else AT_ONCE)
        except TooLong:
            if wait:
                raise
    with transaction.atomic():
        number = _add(workspace, name, note, Kind.LIST, now, None)
        if found is None:
            SegmentRow.objects.filter(workspace=workspace, number=number).update(state=State.BUILDING)
            stored = keep(path, path.name)
            ListUpload.objects.create(workspace=workspace, segment=number, stored=stored, holds=holds)
        else:
            note_rows(workspace, number, found)
            _change_list(workspace, number, BitMap(identity.persons_of(workspace, found.people).values()), (), now)
        record_audit(workspace, "segment.created", {"segment": number, "name": name, "kind": Kind.LIST})
    return number, found


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def change_rule(workspace: int, segment: int, rule: Rule, now: datetime) -> None:
    """Gives a live segment another rule; until everybody was asked anew its members are those of before. The same rule
    again changes nothing. Refuses what `create_segment` refuses.
    """
    row = _row(workspace, segment)
    if row.kind != Kind.LIVE:
        raise Refused("segment.kind", "Only a live segment has a rule that can change.", "Make another segment.")
    check_here(workspace, rule)
    if row.rule == stored(rule) and row.state != State.BROKEN:
        return
    row.rule, row.edition, row.state, row.problem = stored(rule), row.edition + 1, State.BUILDING, None
    row.changed_at = to_micros(now)
    row.save()
    _use(workspace, segment, rule)
    storing.stamp(workspace)
    record_audit(workspace, "segment.rule_changed", {"segment": segment, "edition": row.edition})


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def rename_segment(workspace: int, segment: int, name: str, note: str) -> None:
    """Gives a segment another name and note."""
    row = _row(workspace, segment)
    _refuse_name(workspace, name, note, but=segment)
    if (row.name, row.note) != (name, note):
        row.name, row.note = name, note
        row.save(update_fields=["name", "note"])
        storing.stamp(workspace)
        record_audit(workspace, "segment.renamed", {"segment": segment, "name": name})


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def change_list(workspace: int, segment: int, put_in: Iterable[int], take_out: Iterable[int], now: datetime) -> int:
    """Puts people into a list and takes others out; how many it has then. Refuses a number that is no person's."""
    lock(workspace, "identity")
    row = _row(workspace, segment)
    if row.kind != Kind.LIST:
        raise Refused("segment.kind", "Only a list has people who are put in by hand.", "Change its rule instead.")
    entered, left = _change_list(workspace, segment, put_in, take_out, now)
    if entered or left:
        record_audit(workspace, "segment.list_changed", {"segment": segment, "entered": entered, "left": left})
    return int(SegmentRow.objects.values_list("size", flat=True).get(workspace=workspace, number=segment))


@needs(Ability.EXPORT_PEOPLE)
@transaction.atomic
def note_export(workspace: int, segment: int) -> None:
    """Writes down that a file of all members leaves."""
    record_audit(workspace, "segment.exported", {"segment": segment, "size": _row(workspace, segment).size})


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def delete_segment(workspace: int, segment: int) -> None:
    """Deletes a segment with its history. Refuses one that rules ask for, and names them all."""
    lock(workspace, "identity")
    row = _row(workspace, segment)
    hold(workspace)
    users = users_of(workspace, [segment]).get(segment)
    if users:
        raise Refused(
            "segment.used",
            "Rules ask for {name!r}: {users}.",
            "Take it out of these first.",
            name=row.name,
            users=[one.said for one in users],
        )
    for file in ListUpload.objects.filter(workspace=workspace, segment=segment, done=False):
        transaction.on_commit(partial(drop, file.stored))
    for model in (ChangeRow, MembersRow, SegmentUse, ListUpload):
        model.objects.filter(workspace=workspace, segment=segment).delete()
    row.delete()
    storing.stamp(workspace)
    record_audit(workspace, "segment.deleted", {"segment": segment, "name": row.name})


def _add(workspace: int, name: str, note: str, kind: Kind, now: datetime, rule: Rule | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO segment_stamp AS s (workspace, last, edition, version, epoch) VALUES (%s, 1, 1, %s, 0)
            ON CONFLICT (workspace) DO UPDATE SET last = s.last + 1, edition = s.edition + 1 RETURNING last
            """,
            [workspace, version_of(workspace)],
        )
        number = int(cursor.fetchone()[0])
    _refuse_name(workspace, name, note)
    if SegmentRow.objects.filter(workspace=workspace).count() >= MOST_SEGMENTS:
        raise Refused("segment.many", "There are {most:,} segments already.", "Delete some first.", most=MOST_SEGMENTS)
    at = to_micros(now)
    SegmentRow.objects.create(
        workspace=workspace,
        number=number,
        name=name,
        note=note,
        kind=kind,
        state=State.CURRENT if rule is None else State.BUILDING,
        rule=None if rule is None else stored(rule),
        actor=current_actor().name,
        created_at=at,
        changed_at=at,
    )
    storing.begin(workspace, number, at)
    return number


def _use(workspace: int, segment: int, rule: Rule) -> None:
    """Keeps whom the rule asks for. Whoever else writes a rule waits for the stamp, so no ring comes of two at once."""
    hold(workspace)
    inner = needs_of(rule).segments
    SegmentUse.objects.filter(workspace=workspace, segment=segment).delete()
    SegmentUse.objects.bulk_create(SegmentUse(workspace=workspace, segment=segment, inner=one) for one in sorted(inner))
    uses: dict[int, list[int]] = {}
    for outer, one in SegmentUse.objects.filter(workspace=workspace).values_list("segment", "inner"):
        uses.setdefault(outer, []).append(one)
    names = dict(SegmentRow.objects.filter(workspace=workspace).values_list("number", "name"))
    refuse_ring(uses, names)


def _change_list(
    workspace: int, segment: int, put_in: Iterable[int], take_out: Iterable[int], now: datetime
) -> tuple[int, int]:
    wanted, unwanted = BitMap(put_in), BitMap(take_out)
    person_of = identity.persons_of(workspace, wanted)
    strange = [one for one in wanted if person_of.get(one) != one]
    if strange:
        raise Refused("segment.people", "There is no person {number} here.", "Look them up again.", number=strange[0])
    memory = Memory()
    held = memory.held(workspace, [segment], lock=True)
    members = held[segment].members
    entered, left = wanted - members - unwanted, unwanted & members
    moved = Moved(segment, entered, left, BitMap(), Cause.MEMBER, to_micros(now))
    storing.write(workspace, memory, held, [moved])
    return len(entered), len(left)


def _row(workspace: int, segment: int) -> SegmentRow:
    row = SegmentRow.objects.select_for_update().filter(workspace=workspace, number=segment).first()
    if row is None:
        raise SegmentUnknown(segment)
    return row


def _refuse_name(workspace: int, name: str, note: str, but: int | None = None) -> None:
    if not 0 < len(name.strip()) <= NAME_CHARACTERS or not name.isprintable():
        raise Refused("segment.name", "A name has 1 to {most} characters.", "Write another.", most=NAME_CHARACTERS)
    if len(note) > NOTE_CHARACTERS or "\x00" in note:
        raise Refused("segment.note", "A note has at most {most:,} characters.", "Shorten it.", most=NOTE_CHARACTERS)
    others = SegmentRow.objects.filter(workspace=workspace, name=name)
    if (others if but is None else others.exclude(number=but)).exists():
        raise Refused("segment.name_taken", "There is a segment {name!r} already.", "Choose another name.", name=name)
