"""The picture of a link's address: a code to look at, and to take as SVG, PNG or PDF."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from msgspec.structs import replace

from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.errors import Refused
from lianyi.links import queries
from lianyi.links.captions import said_beside
from lianyi.links.codes.drawing import pdf, png, svg
from lianyi.links.codes.look import Look
from lianyi.links.drafts import LinkLine
from lianyi.links.looks.queries import chosen_look, drawn, looks, usual_look
from lianyi.links.looks.schemas import LookDraft
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.refusals import told
from lianyi.web.saving import found

SHAPES: dict[str, Promise] = {"square": _("Squares"), "rounded": _("Rounded"), "dots": _("Dots")}
CORRECTIONS = {"L": "7 %", "M": "15 %", "Q": "25 %", "H": "30 %"}
_PIXELS, _MILLIMETRES = 1000, 60


def unreached(address: str) -> str:
    """The host of an address that opens on this machine alone; "" for one that the world may reach."""
    host = urlsplit(address).hostname or ""
    return host if host in ("localhost", "::1") or host.startswith("127.") else ""


@require_safe
@seated(Ability.SEE_REPORTS)
def picture(request: HttpRequest, seat: Seat, link: int, kind: str) -> HttpResponse:
    """The code of a link as a file, in the look that the address asks for."""
    line = found(lambda: queries.link_of(seat.workspace.pk, link))
    address = line.address(settings.ENVIRONMENT.url)
    if not address:
        raise Http404(kind)
    try:
        draft = _look_in(request, seat.workspace.pk)
        content, kind_of = file_of(kind, line, address, drawn(seat.workspace.pk, draft), draft.caption)
    except Refused as refused:
        if refused.code == "look.unknown":
            raise Http404(kind) from None
        return HttpResponse(str(told(refused)), status=422, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(content, content_type=kind_of)
    if "take" in request.GET:
        answer["Content-Disposition"] = f'attachment; filename="code-{line.link.slug if _plain(line) else link}.{kind}"'
    return answer


def file_of(kind: str, line: LinkLine, address: str, look: Look, caption: str) -> tuple[str | bytes, str]:
    """The code of a link as a file of this kind, and what the file is; 404 for kinds that there are not."""
    match kind:
        case "svg":
            return svg(address, look), "image/svg+xml"
        case "png":
            return png(address, look, _PIXELS), "image/png"
        case "pdf":
            return pdf(address, look, said_beside(caption, line, address), _MILLIMETRES), "application/pdf"
        case _:
            raise Http404(kind)


def shown_code(request: HttpRequest, workspace: int) -> dict[str, Any]:
    """What the page of a link says of its code; with what is wrong with the look that was asked for."""
    asked = request.GET.copy()
    wrong = None
    draft = usual_look(workspace)
    said = {name: request.GET.get(name, "") for name in ("dark", "light", "shape", "correction")}
    try:
        draft = _look_in(request, workspace)
        drawn(workspace, draft)
        said = {name: getattr(draft, name) for name in said}
    except Refused as refused:
        wrong = told(refused)
        said = {name: value or getattr(draft, name) for name, value in said.items()}
        asked.clear()
    return {
        "look": said,
        "look_wrong": wrong,
        "look_asked": asked.urlencode(),
        "look_chosen": request.GET.get("look", ""),
        "looks": looks(workspace),
        "shapes": SHAPES,
        "corrections": CORRECTIONS,
    }


def _look_in(request: HttpRequest, workspace: int) -> LookDraft:
    """The look that an address asks for; what it does not say is as the look that it names has it, or the usual one."""
    asked = request.GET
    named = asked.get("look", "")
    look = chosen_look(workspace, 0 if named == "0" else number_in(named))
    shape, correction = asked.get("shape", ""), asked.get("correction", "")
    return replace(
        look,
        dark=asked.get("dark") or look.dark,
        light=asked.get("light") or look.light,
        shape=shape if shape in SHAPES else look.shape,
        correction=correction if correction in CORRECTIONS else look.correction,
    )


def _plain(line: LinkLine) -> bool:
    return line.link.slug.isascii() and line.link.slug.replace("-", "").isalnum()
