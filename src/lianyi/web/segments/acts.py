"""What is done with a segment: renamed, kept as it is now, taken out as a file, deleted."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from pyroaring import BitMap

from lianyi.audience.segments import actions, queries
from lianyi.audience.segments.schemas import Kind
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.people_export import rows_of
from lianyi.web.saving import saved, tell
from lianyi.web.segments.seen import moment_now, segment_at
from lianyi.web.tables_out import csv_answer, csv_rows

_AT_ONCE = 10_000


@require_POST
@seated(Ability.EDIT_SEGMENTS)
def rename(request: HttpRequest, seat: Seat, segment: int) -> HttpResponse:
    """Another name and note."""
    segment_at(seat, segment)
    name, note = request.POST.get("name", "").strip(), request.POST.get("note", "").strip()
    refused = saved(request, lambda: actions.rename_segment(seat.workspace.pk, segment, name, note), _("Changed."))
    tell(request, refused)
    return redirect("segment", segment)


@require_POST
@seated(Ability.EDIT_SEGMENTS)
def snapshot(request: HttpRequest, seat: Seat, segment: int) -> HttpResponse:
    """Who is in it now, for good, as a segment of its own."""
    one, workspace = segment_at(seat, segment), seat.workspace.pk
    name, now = request.POST.get("name", "").strip(), system_clock()
    try:
        if one.rule is None:
            number = actions.create_list(workspace, name, queries.members(workspace, segment), now, note=one.note)
        else:
            number = actions.create_segment(workspace, name, one.rule, now, kind=Kind.SNAPSHOT, note=one.note)
    except Refused as refused:
        tell(request, refused)
        return redirect("segment", segment)
    messages.success(request, _("The snapshot is taken."))
    return redirect("segment", number)


@require_POST
@seated(Ability.EDIT_SEGMENTS)
def delete(request: HttpRequest, seat: Seat, segment: int) -> HttpResponse:
    """Deletes it with its history; one that others ask for stays."""
    segment_at(seat, segment)
    refused = saved(request, lambda: actions.delete_segment(seat.workspace.pk, segment), _("Deleted."))
    tell(request, refused)
    return redirect("segment", segment) if refused else redirect("segments")


@require_POST
@seated(Ability.EXPORT_PEOPLE)
def export(_request: HttpRequest, seat: Seat, segment: int) -> HttpResponseBase:
    """All members as CSV, as they are now. Every file leaves a line in the audit log."""
    segment_at(seat, segment)
    members = queries.members(seat.workspace.pk, segment)
    actions.note_export(seat.workspace.pk, segment)
    rows = rows_of(seat.workspace, _blocks(members), moment_now())
    return csv_answer(csv_rows(rows), f"segment-{segment}-{timezone.localdate():%Y-%m-%d}.csv")


def _blocks(members: BitMap) -> Iterator[list[int]]:
    for start in range(0, len(members), _AT_ONCE):
        yield list(members[start : start + _AT_ONCE])
