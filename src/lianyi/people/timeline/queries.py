"""Reads of timelines."""

import heapq
from collections.abc import Collection, Iterator
from typing import Any

import msgspec
from django.conf import settings

from lianyi.events.lake import queries as lake
from lianyi.events.log.queries import newest_batches, tail_events
from lianyi.events.schemas import Event
from lianyi.foundation.workspaces.queries import region_of
from lianyi.people.identity import queries as identity
from lianyi.people.identity.normalise import normalise
from lianyi.people.timeline.schemas import Moment, Place

LOOKED_AT = 20_000  # events, in search of those of one name
_JSON = msgspec.json.Decoder()


def timeline(workspace: int, person: int, *, limit: int, before: Place | None = None) -> list[Moment]:
    """The newest `limit` events of the person, newest first, those before `before` when it is given."""
    own = identity.identities_of(workspace, person)
    found = lake.newest(settings.ENVIRONMENT.lake, workspace, [one.number for one in own], limit=limit, before=before)
    kept = [
        Moment(
            row.batch,
            row.position,
            row.id,
            row.name,
            row.occurred_at,
            row.channel or "",
            row.machine,
            row.origin,
            _said(row.raw),
        )
        for row in found
    ]
    coming = _tail(workspace, {(one.kind, one.scope, one.value) for one in own})
    waiting = [moment for moment in coming if before is None or _place(moment) < before]
    return heapq.nlargest(limit, {_place(one): one for one in [*kept, *waiting]}.values(), key=_place)


def every_event(workspace: int, person: int) -> Iterator[Moment]:
    """All of the person's events, newest first, a page at a time."""
    before: Place | None = None
    while page := timeline(workspace, person, limit=1_000, before=before):
        yield from page
        before = _place(page[-1])


def newest_events(
    workspace: int,
    *,
    limit: int,
    without: Collection[str] = (),
    only: str = "",
    before: tuple[int, int] | None = None,
) -> list[Moment]:
    """The newest events of everybody but those of the names `without`, by receipt, newest first, as far as the log's
    tail reaches; those before the event at `before` (batch, position), where a page ended. With `only`, those of that
    name among the newest `LOOKED_AT`.
    """
    found: list[Moment] = []
    looked_at = 0
    last, position = before or (2**63 - 1, 2**31)
    for batch in newest_batches(workspace, 50 if before is None and not only else 1_000, up_to=last):
        told = [
            event
            for event in reversed(batch.events)
            if event.name not in without
            and (not only or event.name == only)
            and (batch.number < last or event.position < position)
        ]
        found += [_moment(batch.number, event) for event in told[: limit - len(found)]]
        looked_at += len(batch.events)
        if len(found) >= limit or (only and looked_at >= LOOKED_AT):
            break
    return found


def _place(moment: Moment) -> Place:
    return Place(moment.occurred_at, moment.batch, moment.position)


def _tail(workspace: int, own: set[tuple[str, str, str]]) -> Iterator[Moment]:
    region = region_of(workspace)
    for batch in tail_events(workspace):
        for event in batch.events:
            claim = next((one for one in (normalise(said, region) for said in event.claims) if one is not None), None)
            if claim is not None and (claim.kind, claim.scope, claim.value) in own:
                yield _moment(batch.number, event)


def _moment(batch: int, event: Event) -> Moment:
    channel = event.source.channel if event.source else ""
    return Moment(
        batch,
        event.position,
        event.id,
        event.name,
        event.occurred_at,
        channel,
        event.machine,
        event.origin,
        _said(event.raw),
    )


def _said(raw: bytes) -> dict[str, Any]:
    """What the event says, in whichever vocabulary: its properties, or else its traits."""
    try:
        event = _JSON.decode(raw)
    except msgspec.DecodeError:  # a number too large for any machine, which is JSON all the same
        return {}
    said = event.get("properties") or event.get("traits") if isinstance(event, dict) else None
    return said if isinstance(said, dict) else {}
