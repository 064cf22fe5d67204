"""Imports: the list, giving a file, what its columns mean with a preview, the run, and its result."""

import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.imports.uploads import actions, keeping, queries
from lianyi.people.imports.uploads.previewing import preview
from lianyi.people.imports.uploads.remapping import OPTIONS, Wish
from lianyi.people.imports.uploads.schemas import Preview, Upload
from lianyi.web import import_words as words
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.refusals import told
from lianyi.web.uploading import Arrived

_AT_ONCE = 30
_COUNTED = ("uploaded", "previewed")
_TARGET = re.compile(r"target-\d{1,4}", re.ASCII)
View = Callable[..., HttpResponse]


def _known(view: View) -> View:
    """An upload that is none of the workspace's is 404."""

    @wraps(view)
    def looked_up(request: HttpRequest, seat: Seat, upload: int) -> HttpResponse:
        try:
            return view(request, seat, queries.upload_of(seat.workspace.pk, upload))
        except Refused as refused:
            if refused.code == "upload.unknown":
                raise Http404 from None
            messages.error(request, told(refused))
            return redirect("import", upload)

    return looked_up


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.RUN_IMPORTS)
def imports(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest imports, and the place where a file is given."""
    error = ""
    if request.method == "POST":
        try:
            return redirect("import", _take(request, seat).id)
        except Refused as refused:
            error = told(refused)
    before = number_in(request.GET.get("before", ""))
    found = queries.uploads_of(seat.workspace.pk, _AT_ONCE + 1, before)
    context = {
        "uploads": found[:_AT_ONCE],
        "further": found[_AT_ONCE - 1].id if len(found) > _AT_ONCE else None,
        "paged": before is not None,
        "error": error,
        "largest": keeping.LARGEST,
        "largest_gib": keeping.LARGEST >> 30,
        "days": keeping.KEPT_FOR // 86400,
    }
    part = before is not None and request.headers.get("HX-Request")
    template = "web/imports/rows.html" if part else "web/imports/list.html"
    return render(request, template, context, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.RUN_IMPORTS)
@_known
def one(request: HttpRequest, seat: Seat, upload: Upload) -> HttpResponse:
    """One import: its columns and a preview while it is open, how far it is, or what became of it. A change of the
    mapping is kept as it is made, and answered with the preview anew.
    """
    error = None
    if request.method == "POST":
        try:
            upload = _remap(request, seat, upload)
        except Refused as refused:
            error = refused
        if not request.headers.get("HX-Request"):
            if error is not None:
                messages.error(request, told(error))
            return redirect("import", upload.id)
    if upload.state in ("running", "done"):
        return render(request, "web/imports/run.html", _running(seat, upload))
    context = _opened(seat, upload, error)
    template = "web/imports/mapping.html" if request.headers.get("HX-Target") == "mapping" else "web/imports/open.html"
    return render(request, template, context)


@require_safe
@seated(Ability.RUN_IMPORTS)
@_known
def progress(request: HttpRequest, seat: Seat, upload: Upload) -> HttpResponse:
    """How far it is; when it is over, the page is to be loaded anew."""
    if upload.state != "running":
        return HttpResponse(status=200, headers={"HX-Refresh": "true"})
    return render(request, "web/imports/progress.html", _running(seat, upload))


@require_POST
@seated(Ability.RUN_IMPORTS)
@_known
def start(request: HttpRequest, seat: Seat, upload: Upload) -> HttpResponse:
    """Has it counted, or imported."""
    if "target-0" in request.POST:  # the whole form of the mapping came along
        upload = _remap(request, seat, upload)
    actions.start(seat.workspace, upload.id, system_clock(), dry=request.POST.get("run") == "dry")
    return redirect("import", upload.id)


@require_POST
@seated(Ability.RUN_IMPORTS)
@_known
def stop(request: HttpRequest, seat: Seat, upload: Upload) -> HttpResponse:
    """Has it stand still."""
    del request
    actions.stop(seat.workspace, upload.id)
    return redirect("import", upload.id)


@require_POST
@seated(Ability.RUN_IMPORTS)
@_known
def discard(request: HttpRequest, seat: Seat, upload: Upload) -> HttpResponse:
    """Removes the file."""
    actions.discard(seat.workspace, upload.id)
    messages.success(request, gettext("The file is removed."))
    return redirect("imports")


@require_safe
@seated(Ability.RUN_IMPORTS)
@_known
def refused_rows(request: HttpRequest, seat: Seat, upload: Upload) -> HttpResponse:
    """The rows that were not taken, as CSV."""
    del request
    return _handed(queries.refused_path(seat.workspace.pk, upload.id), upload, "refused")


@require_safe
@seated(Ability.RUN_IMPORTS)
@_known
def rows_left_out(request: HttpRequest, seat: Seat, upload: Upload) -> HttpResponse:
    """The rows that were taken without a cell, as CSV."""
    del request
    return _handed(queries.left_out_path(seat.workspace.pk, upload.id), upload, "left-out")


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.RUN_IMPORTS)
@_known
def mapping(request: HttpRequest, seat: Seat, upload: Upload) -> HttpResponse:
    """The mapping as YAML; or another one is taken from such a file."""
    if request.method == "POST":
        given = request.FILES.get("mapping")
        if given is not None:
            text = given.read(256_001).decode("utf-8-sig", "replace")
            actions.load_mapping(seat.workspace, upload.id, text, str(given.name))
        return redirect("import", upload.id)
    text = upload.mapping or words.as_yaml(upload.fields, upload.kind)
    name = f"{Path(upload.file_name).stem}.yaml"
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = words.attachment(name)
    return response


def _handed(path: Path | None, upload: Upload, which: str) -> HttpResponse:
    if path is None:
        raise Http404
    name = f"{Path(upload.file_name).stem}-{which}.csv"
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")
    return cast(HttpResponse, answer)


def _take(request: HttpRequest, seat: Seat) -> Upload:
    given = request.FILES.get("file")
    refused = getattr(request, "upload_refused", None)
    if refused is not None:
        raise refused
    if not isinstance(given, Arrived) or not given.size:
        raise Refused("upload.none", "There is no file, or it is empty.", "Choose one.")
    given.flush()
    language = get_language() or "zh-hans"
    return actions.take_upload(seat.workspace, Path(given.path), str(given.name), language, system_clock())


def _remap(request: HttpRequest, seat: Seat, upload: Upload) -> Upload:
    """What the form says, kept."""
    said = request.POST
    targets = {int(name[7:]): str(word) for name, word in said.items() if _TARGET.fullmatch(name)}
    wish = Wish(
        kind=said.get("kind", ""),
        options={name: said[name] for name in OPTIONS if name in said},
        targets=targets if said.get("kind", upload.kind) == upload.kind else {},
        form=said.get("form", ""),
    )
    return actions.change_mapping(seat.workspace, upload.id, wish)


def _opened(seat: Seat, upload: Upload, error: Refused | None) -> dict[str, Any]:
    path = keeping.path_of(upload.folder)
    seen: Preview | None = None
    gone = None
    if path is not None:
        try:
            now = to_micros(system_clock())
            seen = preview(seat.workspace, path, upload.seen, upload.kind, upload.fields, now)
        except Refused as refused:
            gone = refused
    problem = error or (seen.problem if seen else gone)
    return {
        "upload": upload,
        "preview": seen,
        "columns": words.offered(seen, upload.kind) if seen else [],
        "problem": told(problem) if problem else "",
        "failed": told(upload.problem) if upload.problem else "",
        "reading": words.reading(seen.reading) if seen else [],
        "kinds": words.KINDS,
        "options": words.option_fields(upload.fields, seen),
        "codes": words.codes(upload.tried.codes) if upload.tried else [],
        "days": keeping.KEPT_FOR // 86400,
    }


def _running(seat: Seat, upload: Upload) -> dict[str, Any]:
    counts = queries.running_counts(seat.workspace.pk, upload.id) if not upload.dry else None
    return {
        "upload": upload,
        "counts": counts,
        "codes": words.codes(upload.result.codes) if upload.result else [],
        "refused_there": queries.refused_path(seat.workspace.pk, upload.id) is not None,
        "left_out_there": queries.left_out_path(seat.workspace.pk, upload.id) is not None,
        "days": keeping.REFUSED_KEPT_FOR // 86400,
    }
