"""Saved looks of codes: the list with a picture of each, and the form of one."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from msgspec.structs import replace

from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.errors import Refused
from lianyi.links.captions import MOST_LINES
from lianyi.links.checking import LONGEST
from lianyi.links.codes.drawing import svg
from lianyi.links.codes.layouts import Sheet
from lianyi.links.codes.look import LEAST_QUIET, LOGO_BYTES, MOST_QUIET
from lianyi.links.looks import actions, queries
from lianyi.links.looks.schemas import PLAIN, LookDraft, LookLine
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.links.pictures import CORRECTIONS, SHAPES
from lianyi.web.refusals import told
from lianyi.web.saving import found, saved, tell

FORMS: dict[str, Promise] = {
    Sheet.LABELS_24: gettext_lazy("3 × 8 labels"),
    Sheet.LABELS_8: gettext_lazy("2 × 4 labels"),
    Sheet.POSTER: gettext_lazy("Posters, one a page"),
    Sheet.TENT: gettext_lazy("Table tents, to be folded"),
}
PAPERS = {"a4": "A4", "a3": "A3", "a5": "A5", "letter": "Letter"}
_TEXTS = ("name", "dark", "light", "shape", "correction", "caption", "form", "paper")


@require_safe
@seated(Ability.SEE_REPORTS)
def looks(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The list."""
    rows = [_told(one) for one in queries.looks(seat.workspace.pk)]
    return render(request, "web/links/looks.html", {"looks": rows, "most": actions.MOST})


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new look."""
    return _form(request, seat, None)


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def edit(request: HttpRequest, seat: Seat, look: int) -> HttpResponse:
    """A look, to be changed."""
    return _form(request, seat, found(lambda: queries.look_of(seat.workspace.pk, look)))


@require_safe
@seated(Ability.SEE_REPORTS)
def picture(request: HttpRequest, seat: Seat, look: int) -> HttpResponse:
    """A code in this look, whose address is the installation's own."""
    del request
    line = found(lambda: queries.look_of(seat.workspace.pk, look))
    try:
        drawn = svg(settings.ENVIRONMENT.url.rstrip("/") + "/l/abcdefg", queries.drawn(seat.workspace.pk, line.draft))
    except Refused as refused:
        return HttpResponse(str(told(refused)), status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(drawn, content_type="image/svg+xml")


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def delete(request: HttpRequest, seat: Seat, look: int) -> HttpResponse:
    """Forgets it."""
    tell(request, saved(request, lambda: actions.delete_look(seat.workspace.pk, look), _("Deleted.")))
    return redirect("links-looks")


def _form(request: HttpRequest, seat: Seat, line: LookLine | None) -> HttpResponse:
    workspace, wrong = seat.workspace.pk, None
    draft = line.draft if line else PLAIN
    if request.method == "POST":
        draft = _draft_in(request.POST, draft.logo)
        try:
            draft = _with_logo(request, workspace, draft)
        except Refused as refused:
            wrong = refused
        number = line.id if line else None
        wrong = wrong or saved(request, lambda: actions.save_look(workspace, draft, number), _("Saved."))
        if wrong is None:
            return redirect("links-looks")
    context = {
        "line": line,
        "draft": draft,
        "shapes": SHAPES,
        "corrections": CORRECTIONS,
        "forms": offered_forms(draft.form),
        "papers": PAPERS,
        "longest": LONGEST,
        "most_lines": MOST_LINES,
        "least_quiet": LEAST_QUIET,
        "most_quiet": MOST_QUIET,
        "megabytes": LOGO_BYTES // 1_000_000,
        "wrong": told(wrong) if wrong else "",
    }
    return render(request, "web/links/look.html", context, status=422 if wrong else 200)


def offered_forms(form: str) -> dict[str, str | Promise]:
    """The layouts to choose from, and the one that a look has where it is another."""
    return {**FORMS, **({} if form in FORMS else {form: form.replace("x", " × ")})}


def size_in(text: str) -> float:
    """Millimetres as they were typed; nothing is 0. Refuses what is no number."""
    if not text.strip():
        return 0.0
    number = number_in(text.strip())
    if number is None:
        raise Refused("sheet.size_text", "{text!r} is no size.", "Write whole millimetres.", text=text[:20])
    return float(number)


def _draft_in(said: QueryDict, logo: int | None) -> LookDraft:
    """What was typed; a custom grid is taken before what is chosen."""
    texts: dict[str, Any] = {name: said.get(name, "").strip() for name in _TEXTS}
    texts["form"] = said.get("grid", "").strip().lower().replace("×", "x").replace(" ", "") or texts["form"]
    return LookDraft(
        **texts,
        quiet=number_in(said.get("quiet", "")) or LEAST_QUIET,
        logo=None if said.get("no_logo") else logo,
        usual=bool(said.get("usual")),
    )


def _with_logo(request: HttpRequest, workspace: int, draft: LookDraft) -> LookDraft:
    """The draft with the size and the picture that came along."""
    draft = replace(draft, size=size_in(request.POST.get("size", "")))
    given = request.FILES.get("logo")
    if given is None:
        return draft
    kept = actions.keep_logo(workspace, given.name or "logo", given.read(LOGO_BYTES + 1))
    return replace(draft, logo=kept.id)


def _told(line: LookLine) -> dict[str, Any]:
    draft = line.draft
    return {
        "id": line.id,
        "draft": draft,
        "shape": SHAPES.get(draft.shape, ""),
        "form": offered_forms(draft.form)[draft.form],
        "paper": PAPERS.get(draft.paper, ""),
    }
