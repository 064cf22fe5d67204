"""The list of people as a file: everybody who fits the filter, streamed, for those who may take people out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from pyroaring import BitMap

from lianyi.audience.scoring.queries import standings
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.clock import from_micros, system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.exporting.actions import note_export
from lianyi.people.profiles.queries import everybody_found, people, tags_of_people
from lianyi.people.profiles.schemas import SourceSeen
from lianyi.people.profiles.touches.words import CHANNELS
from lianyi.web.access import Seat, seated
from lianyi.web.labels import STAGES
from lianyi.web.people_filter import COLUMNS, filter_of
from lianyi.web.refusals import told
from lianyi.web.tables_out import csv_answer, csv_rows, xlsx_file
from lianyi.web.templatetags.scores import state_name

_AT_ONCE = 1_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_POST
@seated(Ability.EXPORT_PEOPLE)
def export(request: HttpRequest, seat: Seat) -> HttpResponseBase:
    """CSV, or XLSX when the form says so. Every file leaves a line in the audit log."""
    asked = filter_of(request.POST)
    wanted = asked.wanted
    form = "xlsx" if request.POST.get("form") == "xlsx" else "csv"
    now = to_micros(system_clock())
    blocks = (block for block, _further in everybody_found(seat.workspace.pk, wanted, now))
    rows = rows_of(seat.workspace, blocks, now)
    name = f"people-{timezone.localdate():%Y-%m-%d}.{form}"
    if form == "xlsx":
        try:
            file = xlsx_file(_("People"), rows)
        except Refused as refused:
            messages.error(request, told(refused))
            return redirect(f"{reverse('people')}?{asked.query}")
        note_export(seat.workspace.pk, wanted, form)
        return FileResponse(file, as_attachment=True, filename=name, content_type=_XLSX)
    note_export(seat.workspace.pk, wanted, form)
    return csv_answer(csv_rows(rows), name)


def rows_of(workspace: Workspace, blocks: Iterable[Sequence[int]], now: int) -> Iterator[list[Any]]:
    """The people of these blocks with all columns, beneath a head, in the language that is spoken now."""
    head = [_("Number"), _("Name"), *(str(label) for label in COLUMNS.values())]
    stages = {name: str(label) for name, label in STAGES.items()}
    channels = {name: str(label) for name, label in CHANNELS.items()}
    return _rows(workspace, blocks, now, head, (stages, channels))


def _rows(
    workspace: Workspace,
    blocks: Iterable[Sequence[int]],
    now: int,
    head: list[str],
    words: tuple[dict[str, str], dict[str, str]],
) -> Iterator[list[Any]]:
    (stages, channels), zone = words, ZoneInfo(workspace.zone)

    def source(seen: SourceSeen | None) -> str:
        return channels.get(seen.channel, seen.channel) if seen else ""

    yield head
    for block in blocks:
        for start in range(0, len(block), _AT_ONCE):
            some = block[start : start + _AT_ONCE]
            tags = tags_of_people(workspace.pk, some, now)
            scores = standings(workspace.pk, BitMap(some), now)
            for row in people(workspace.pk, some):
                stands = scores.get(row.number)
                first = from_micros(row.first_seen_at).astimezone(zone) if row.first_seen_at is not None else None
                yield [
                    row.number,
                    row.name,
                    stages.get(row.stage, row.stage),
                    f"{state_name(stands.state)} {stands.fit_grade}{stands.engagement_grade}" if stands else "",
                    source(row.first_source),
                    source(row.last_source),
                    ", ".join(tags.get(row.number, [])),
                    row.orders,
                    row.spent,
                    first.date() if first else None,
                    row.last_seen_on,
                ]
