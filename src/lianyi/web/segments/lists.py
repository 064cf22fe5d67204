"""Lists from files: short ones are looked up at once, and the page tells which rows meant nobody; long ones by the
worker.
"""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianyi.audience.segments.actions import upload_list
from lianyi.audience.segments.uploading import MOST_ROWS, Resolved
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
    """The form; a file that was given becomes a list, and what it says of nobody is kept nowhere."""
    typed = {name: request.POST.get(name, "").strip() for name in ("name", "note", "kind")}
    context: dict[str, Any] = {"typed": typed, "kinds": KINDS, "most": MOST_ROWS}
    if request.method != "POST":
        return render(request, "web/segments/upload.html", context)
    try:
        number, found = _made(request, seat, typed)
    except Refused as refused:
        return render(request, "web/segments/upload.html", {**context, "wrong": told(refused)}, status=422)
    if found is None:
        messages.success(request, _("The list is made; its people are looked up now."))
        return redirect("segment", number)
    return render(request, "web/segments/uploaded.html", {"found": found, "number": number, "name": typed["name"]})


def _made(request: HttpRequest, seat: Seat, typed: dict[str, str]) -> tuple[int, Resolved | None]:
    file = request.FILES.get("file")
    refused = getattr(request, "upload_refused", None)
    if refused is not None:
        raise refused
    if not isinstance(file, Arrived):
        raise Refused("segment.file", "The file is missing.", "Choose one.")
    holds = typed["kind"] if typed["kind"] in KINDS else ""
    stored = keep(Path(file.path), file.name or "list")  # under its name, which refusals tell
    try:
        path, now = file_in(stored), system_clock()
        return upload_list(seat.workspace.pk, typed["name"], path, now, holds=holds, note=typed["note"])
    finally:
        drop(stored)
