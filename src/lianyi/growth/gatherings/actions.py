"""Writes to gatherings."""

import re
from datetime import datetime

from django.db import IntegrityError, transaction

from lianyi.events.log.actions import record_own
from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.growth.forms.publishing import check_within
from lianyi.growth.gatherings.changes import telling_of
from lianyi.growth.gatherings.lines import LONGEST_NAME, Gathering, State
from lianyi.growth.gatherings.models import GatheringRow
from lianyi.growth.gatherings.moving import moved
from lianyi.growth.gatherings.queries import published_definition, shown, unknown
from lianyi.growth.gatherings.reading import check, check_ready, times_of
from lianyi.growth.gatherings.recording import resized
from lianyi.growth.gatherings.schemas import MOST_SEATS, SLUG, Definition, digest, encode
from lianyi.growth.keeping import save, version_of_draft
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.text import is_name

MOST = 5_000  # gatherings of a workspace


@needs(Ability.EDIT_CAMPAIGNS)
def create_gathering(
    workspace: int, slug: str, name: str, definition: Definition, seats: int | None, now: datetime
) -> Gathering:
    """A gathering that nobody sees yet, with so many seats; None: as many as are wanted."""
    _check_name(name)
    _check_seats(seats)
    check(definition)
    if not re.fullmatch(SLUG, slug):
        raise Refused(
            "gathering.slug", "{slug!r} is no end of an address.", "Take small letters, digits and hyphens.", slug=slug
        )
    try:
        with transaction.atomic():
            return _create(workspace, slug, name, definition, seats, now)
    except IntegrityError:
        raise Refused("gathering.taken", "The address /g/{slug} is taken.", "Choose another.", slug=slug) from None


def _create(
    workspace: int, slug: str, name: str, definition: Definition, seats: int | None, now: datetime
) -> Gathering:
    if GatheringRow.objects.filter(workspace=workspace).count() >= MOST:
        raise Refused(
            "gathering.many", "The workspace has {most:,} gatherings already.", "Change one of them.", most=MOST
        )
    at = to_micros(now)
    row = GatheringRow.objects.create(
        workspace=workspace,
        slug=slug,
        name=name,
        draft=encode(definition).decode(),
        state=State.DRAFT.value,
        seats=seats,
        created_at=at,
        changed_at=at,
    )
    record_own(workspace, [resized(row.pk, seats, current_actor().name, at, 0)])
    record_audit(workspace, "gathering.created", {"gathering": row.pk, "name": name})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def change_gathering(
    workspace: int, gathering: int, name: str, definition: Definition, now: datetime, *, seen: int | None = None
) -> Gathering:
    """Puts another name and draft in the place of what was there. What is published stays until it is published. With
    `seen`, when it was changed last as far as its editor knows, it refuses to write over what somebody else changed.
    """
    _check_name(name)
    check(definition)
    row = _held(workspace, gathering)
    if seen is not None and seen != row.changed_at:
        raise Refused(
            "gathering.edited", "Somebody else has changed this gathering meanwhile.",
            "Open it anew and change it there.",
        )  # fmt: skip
    save(row, now, name=name, draft=encode(definition).decode())
    record_audit(workspace, "gathering.changed", {"gathering": gathering})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def publish_gathering(workspace: int, gathering: int, now: datetime, *, tell: bool = False) -> Gathering:
    """Shows the draft to the world and opens the registration. Refuses what is over or called off, and what nobody
    could come to. Where it has another time or place, those who registered are mailed so: that is refused without
    `tell`.
    """
    row = _held(workspace, gathering)
    _check_not_called_off(row)
    definition = shown(row).draft
    check_ready(definition)
    check_within(definition.form)
    times = times_of(definition)
    if times.ends <= to_micros(now):
        raise Refused("gathering.over", "The gathering is over already.", "Change when it is.")
    _check_told(telling_of(workspace, gathering).moved, tell=tell)
    before = published_definition(workspace, gathering)
    number = version_of_draft(row, digest(definition), now)
    save(
        row, now, published=number, state=State.PUBLISHED.value, starts_at=times.starts, ends_at=times.ends,
        missed_at=None, moved=number if before is not None and moved(before, definition) else row.moved,
    )  # fmt: skip
    record_audit(workspace, "gathering.published", {"gathering": gathering, "version": number})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def resize_gathering(workspace: int, gathering: int, seats: int | None, now: datetime) -> Gathering:
    """Says how many seats there are; None: as many as are wanted. Fewer are taken from nobody."""
    _check_seats(seats)
    row = _held(workspace, gathering)
    save(row, now, seats=seats)
    at = to_micros(now)
    record_own(workspace, [resized(gathering, seats, current_actor().name, at, row.published or 0)])
    record_audit(workspace, "gathering.resized", {"gathering": gathering, "seats": seats})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def close_gathering(workspace: int, gathering: int, now: datetime) -> Gathering:
    """Closes the registration; tickets stay good. Refuses one that is not published."""
    row = _held(workspace, gathering)
    if row.state != State.PUBLISHED:
        raise Refused("gathering.not_published", "Gathering {gathering} is not published.", gathering=gathering)
    save(row, now, state=State.CLOSED.value)
    record_audit(workspace, "gathering.closed", {"gathering": gathering})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def call_off_gathering(workspace: int, gathering: int, now: datetime, *, tell: bool = False) -> Gathering:
    """Calls it off for ever. Those who registered are mailed so: that is refused without `tell`. Refuses one that was
    never published, or is over; the same again changes nothing.
    """
    row = _held(workspace, gathering)
    if row.called_off_at is not None:
        return shown(row)
    if row.published is None:
        raise Refused("gathering.not_published", "Gathering {gathering} is not published.", gathering=gathering)
    if (row.ends_at or 0) <= to_micros(now):
        raise Refused("gathering.over", "The gathering is over already.")
    _check_told(telling_of(workspace, gathering).called_off, tell=tell)
    save(row, now, state=State.CALLED_OFF.value, called_off_at=to_micros(now))
    record_audit(workspace, "gathering.called_off", {"gathering": gathering})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def archive_gathering(workspace: int, gathering: int, now: datetime) -> Gathering:
    """Closes it and takes it out of the list; who registered stays."""
    row = _held(workspace, gathering)
    save(row, now, state=State.ARCHIVED.value)
    record_audit(workspace, "gathering.archived", {"gathering": gathering})
    return shown(row)


@needs(Ability.EXPORT_PEOPLE)
@transaction.atomic
def note_export(workspace: int, gathering: int) -> None:
    """Writes down that who registered leaves as a file."""
    if not GatheringRow.objects.filter(workspace=workspace, pk=gathering).exists():
        raise unknown(gathering)
    record_audit(workspace, "gathering.exported", {"gathering": gathering})


def _held(workspace: int, gathering: int) -> GatheringRow:
    """The gathering, alone with it until the transaction ends."""
    row = GatheringRow.objects.select_for_update().filter(workspace=workspace, pk=gathering).first()
    if row is None:
        raise unknown(gathering)
    return row


def _check_told(people: int, *, tell: bool) -> None:
    if people and not tell:
        raise Refused(
            "gathering.tells", "This is mailed to those who registered: {count}.", "Confirm that they are told.",
            count=people,
        )  # fmt: skip


def _check_not_called_off(row: GatheringRow) -> None:
    if row.called_off_at is not None:
        raise Refused("gathering.called_off", "The gathering is called off.", "Make another one.")


def _check_name(name: str) -> None:
    if not is_name(name, LONGEST_NAME):
        raise Refused(
            "gathering.name", "A gathering needs a name of 1 to {most} characters.", "Give it one.", most=LONGEST_NAME
        )


def _check_seats(seats: int | None) -> None:
    if seats is not None and not 0 <= seats <= MOST_SEATS:
        raise Refused(
            "gathering.seats", "A gathering has 0 to {most:,} seats.", "Leave it out for any number.", most=MOST_SEATS
        )
