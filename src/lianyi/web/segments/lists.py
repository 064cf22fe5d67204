"""Lists from files: given once, looked up, and told how many of the rows meant somebody."""

from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from lianyi.audience.segments import actions
from lianyi.audience.segments.uploading import MOST_ROWS, Resolved, resolve
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.people.imports.uploads.keeping import drop, file_in, keep
from lianyi.web.access import Seat, seated
from lianyi.web.labels import KINDS
from lianyi.web.refusals import told
from lianyi.web.uploading import Arrived


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_SEGMENTS)
def upload(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The form; a file that was given becomes a list at once, and what it says of nobody is kept nowhere."""
    typed = {name: request.POST.get(name, "").strip() for name in ("name", "note", "kind")}
    context: dict[str, Any] = {"typed": typed, "kinds": KINDS, "most": MOST_ROWS}
    if request.method != "POST":
        return render(request, "web/segments/upload.html", context)
    try:
        found = _resolved(request, seat, typed["kind"] if typed["kind"] in KINDS else "")
        number = actions.create_list(seat.workspace.pk, typed["name"], found.people, system_clock(), note=typed["note"])
    except Refused as refused:
        return render(request, "web/segments/upload.html", {**context, "wrong": told(refused)}, status=422)
    return render(request, "web/segments/uploaded.html", {"found": found, "number": number, "name": typed["name"]})


def _resolved(request: HttpRequest, seat: Seat, kind: str) -> Resolved:
    file = request.FILES.get("file")
    refused = getattr(request, "upload_refused", None)
    if refused is not None:
        raise refused
    if not isinstance(file, Arrived):
        raise Refused("segment.file", "The file is missing.", "Choose one.")
    stored = keep(Path(file.path), file.name or "list")  # under its name, which refusals tell
    try:
        found = resolve(seat.workspace.pk, file_in(stored), kind)
    finally:
        drop(stored)
    if not found.people:
        raise Refused("segment.nobody", "None of the {rows:,} rows means anybody here.",
                      "Look at what the first column holds, or import the people first.", rows=found.rows)  # fmt: skip
    return found
