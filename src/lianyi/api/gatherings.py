"""Gatherings: made, published, resized; who registered, who came, and checking in."""

from typing import Any

from django.http import StreamingHttpResponse
from ninja import Path, Query

from lianyi.api.cursors import page_of, place_in
from lianyi.api.gathering_shapes import (
    COUNTS,
    DEFINITION,
    GATHERING,
    LINE,
    REGISTRATION,
    CheckedIn,
    CheckInSaid,
    CheckInUndone,
    GatheringChanged,
    GatheringLineShown,
    GatheringMade,
    GatheringsAsked,
    GatheringShown,
    RegistrationsAsked,
    RegistrationShown,
    SeatsSaid,
    Sources,
    TellingAsked,
    TellingShown,
    Undone,
    checked_in,
    line,
    registered,
    shown,
    source,
)
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Page, Paging, RowId
from lianyi.foundation.access.schemas import Ability
from lianyi.growth.gatherings import actions, arrivals, queries
from lianyi.growth.gatherings.arrivals import Scan
from lianyi.growth.gatherings.changes import telling_of
from lianyi.growth.gatherings.reading import read_object
from lianyi.growth.gatherings.tables import as_file
from lianyi.kernel.clock import system_clock, to_micros

_section = Section("Gatherings", "Events online and offline: registrations, seats, tickets and check-ins; /g/SLUG is the page of one.")  # fmt: skip  # noqa: E501
_BODY = {"name": "Tasting", "definition": DEFINITION}
_DRAFT = {**GATHERING, "state": "draft", "published": None, "starts_at": None, "ends_at": None,
          "counts": dict.fromkeys(COUNTS, 0)}  # fmt: skip
_EVENT = Path[str]


@_section.get("/gatherings", Ability.SEE_REPORTS, answers=Page[GatheringLineShown],
              example={"items": [LINE], "next": None})  # fmt: skip
def list_gatherings(request: Request, asked: Query[GatheringsAsked], paging: Query[Paging]) -> Page[GatheringLineShown]:
    """Lists the gatherings. The newest come first."""
    place = place_in(request, paging.cursor)
    rows = queries.gatherings(
        workspace_of(request),
        paging.limit + 1,
        place[0] if place else None,
        called=asked.called,
        archived=asked.archived,
    )
    return page_of(request, rows, paging.limit, lambda one: [one.id], line)


@_section.post("/gatherings", Ability.EDIT_CAMPAIGNS, answers=GatheringShown, status=201, conflicts=True,
               body={**_BODY, "slug": "spring-tasting", "seats": 40}, example=_DRAFT)  # fmt: skip
def make_gathering(request: Request, body: GatheringMade) -> GatheringShown:
    """Makes a gathering, a draft at first."""
    definition = read_object(body.definition)
    return shown(
        actions.create_gathering(workspace_of(request), body.slug, body.name, definition, body.seats, system_clock())
    )


@_section.get("/gatherings/{gathering}", Ability.SEE_REPORTS, answers=GatheringShown, example=GATHERING)
def get_gathering(request: Request, gathering: RowId) -> GatheringShown:
    """Shows a gathering with its draft."""
    return shown(queries.gathering_of(workspace_of(request), gathering))


@_section.put("/gatherings/{gathering}", Ability.EDIT_CAMPAIGNS, answers=GatheringShown, body=_BODY,
              example={**GATHERING, "changed": True})  # fmt: skip
def change_gathering(request: Request, gathering: RowId, body: GatheringChanged) -> GatheringShown:
    """Puts another draft in the place of what was there. What is published stays until it is published anew."""
    definition = read_object(body.definition)
    return shown(actions.change_gathering(workspace_of(request), gathering, body.name, definition, system_clock()))


@_section.put("/gatherings/{gathering}/seats", Ability.EDIT_CAMPAIGNS, answers=GatheringShown, body={"seats": 60},
              example={**GATHERING, "seats": 60})  # fmt: skip
def resize_gathering(request: Request, gathering: RowId, body: SeatsSaid) -> GatheringShown:
    """Says how many seats there are. More go to those who wait; fewer are taken from nobody."""
    return shown(actions.resize_gathering(workspace_of(request), gathering, body.seats, system_clock()))


@_section.post("/gatherings/{gathering}/publish", Ability.EDIT_CAMPAIGNS, answers=GatheringShown, conflicts=True,
               example=GATHERING)  # fmt: skip
def publish_gathering(request: Request, gathering: RowId, asked: Query[TellingAsked]) -> GatheringShown:
    """Shows the draft to the world and opens the registration. Its page changes within seconds. Another time or place
    is mailed to whom it concerns, which is refused without `tell`.
    """
    tell = asked.tell == "yes"
    return shown(actions.publish_gathering(workspace_of(request), gathering, system_clock(), tell=tell))


@_section.get("/gatherings/{gathering}/telling", Ability.SEE_REPORTS, answers=TellingShown,
              example={"moved": 12, "called_off": 43})  # fmt: skip
def count_gathering_telling(request: Request, gathering: RowId) -> TellingShown:
    """Counts whom a change would be mailed to."""
    return TellingShown(**telling_of(workspace_of(request), gathering)._asdict())


@_section.post("/gatherings/{gathering}/call-off", Ability.EDIT_CAMPAIGNS, answers=GatheringShown, conflicts=True,
               example={**GATHERING, "state": "called_off", "called_off_at": "2026-12-01T03:04:05Z"})  # fmt: skip
def call_gathering_off(request: Request, gathering: RowId, asked: Query[TellingAsked]) -> GatheringShown:
    """Calls a gathering off for ever. It is mailed to whoever registered, which is refused without `tell`."""
    tell = asked.tell == "yes"
    return shown(actions.call_off_gathering(workspace_of(request), gathering, system_clock(), tell=tell))


@_section.post("/gatherings/{gathering}/close", Ability.EDIT_CAMPAIGNS, answers=GatheringShown, conflicts=True,
               example={**GATHERING, "state": "closed"})  # fmt: skip
def close_gathering(request: Request, gathering: RowId) -> GatheringShown:
    """Closes the registration. Tickets stay good."""
    return shown(actions.close_gathering(workspace_of(request), gathering, system_clock()))


@_section.post("/gatherings/{gathering}/archive", Ability.EDIT_CAMPAIGNS, answers=GatheringShown,
               example={**GATHERING, "state": "archived"})  # fmt: skip
def archive_gathering(request: Request, gathering: RowId) -> GatheringShown:
    """Closes a gathering and takes it out of the list. Who registered stays."""
    return shown(actions.archive_gathering(workspace_of(request), gathering, system_clock()))


@_section.get("/gatherings/{gathering}/sources", Ability.SEE_REPORTS, answers=Sources,
              example={"items": [{"channel": "wechat", "campaign": "spring", "code": "booth-3", "registered": 12,
                                  "seated": 11, "came": 9}]})  # fmt: skip
def list_gathering_sources(request: Request, gathering: RowId) -> Sources:
    """Counts who registered, has a seat and came, by source."""
    queries.gathering_of(workspace_of(request), gathering)
    return Sources(items=[source(one) for one in queries.sources_of(workspace_of(request), gathering)])


@_section.get("/gatherings/{gathering}/registrations", Ability.SEE_PEOPLE, answers=Page[RegistrationShown],
              example={"items": [REGISTRATION], "next": None})  # fmt: skip
def list_registrations(
    request: Request, gathering: RowId, asked: Query[RegistrationsAsked], paging: Query[Paging]
) -> Page[RegistrationShown]:
    """Lists who registered. The first come first."""
    place = place_in(request, paging.cursor)
    queries.gathering_of(workspace_of(request), gathering)
    after = (int(place[0]), int(place[1])) if place else None
    rows = queries.registrations(workspace_of(request), gathering, paging.limit + 1, after, **_asked(asked))
    return page_of(request, rows, paging.limit, lambda one: list(one[1]), lambda one: registered(one[0]))


@_section.get("/gatherings/{gathering}/registrations/export", Ability.EXPORT_PEOPLE, gives="text/csv", misses=True,
              example="at,person,seat,promoted,came_at,version,language,answer:name,channel,campaign,code\n")  # fmt: skip  # noqa: E501
def export_registrations(request: Request, gathering: RowId, asked: Query[RegistrationsAsked]) -> StreamingHttpResponse:
    """Hands over who registered as CSV. Cells that a spreadsheet would compute are defused."""
    actions.note_export(workspace_of(request), gathering)
    lines = as_file(workspace_of(request), gathering, **_asked(asked))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


@_section.post("/gatherings/{gathering}/check-ins", Ability.EDIT_PEOPLE, answers=CheckedIn,
               body={"scans": [{"code": "K3F9M2P7XA", "ago": 1200}]},
               example={"items": [{"outcome": "came", "registration": REGISTRATION["event"], "name": "访客一",
                                   "at": "2026-12-05T05:50:00Z", "by": "member:3"}]})  # fmt: skip
def check_people_in(request: Request, gathering: RowId, body: CheckInSaid) -> CheckedIn:
    """Checks people in. The same again counts once and says when it was first, so that whoever got no answer may ask
    once more.
    """
    scans = [Scan(one.ticket, one.code, one.registration, one.ago * 1_000, one.anyway) for one in body.scans]
    found = arrivals.check_in(workspace_of(request), gathering, scans, system_clock())
    return CheckedIn(items=[checked_in(one) for one in found])


@_section.post("/gatherings/registrations/{registration}/cancel", Ability.EDIT_PEOPLE, status=204, conflicts=True)
def cancel_registration(request: Request, registration: _EVENT) -> None:
    """Cancels for somebody who said so. Their seat goes to whoever waits longest."""
    arrivals.cancel_registration(workspace_of(request), registration, system_clock())


@_section.post("/gatherings/registrations/{registration}/undo-check-in", Ability.EDIT_PEOPLE, answers=Undone,
               body={"came_at": "2026-12-05T05:50:00Z"}, example={"undone": True})  # fmt: skip
def undo_check_in(request: Request, registration: _EVENT, body: CheckInUndone) -> Undone:
    """Undoes a check-in of the wrong person. They have again what they had before, and can be checked in anew; the same
    again changes nothing.
    """
    at = to_micros(body.came_at)
    return Undone(undone=arrivals.undo_check_in(workspace_of(request), registration, at, system_clock()))


def _asked(asked: RegistrationsAsked) -> dict[str, Any]:
    return {"containing": asked.containing, "seat": asked.seat, "came": asked.came}
