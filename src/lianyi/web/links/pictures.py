"""The picture of a link's address: a code to look at, and to take as SVG, PNG or PDF."""

from typing import Any

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.errors import Refused
from lianyi.links import queries
from lianyi.links.codes.drawing import pdf, png, svg
from lianyi.links.codes.look import Correction, Look, Shape
from lianyi.links.drafts import LinkLine
from lianyi.web.access import Seat, seated
from lianyi.web.refusals import told
from lianyi.web.saving import found

SHAPES: dict[str, Promise] = {"square": _("Squares"), "rounded": _("Rounded"), "dots": _("Dots")}
CORRECTIONS = {"L": "7 %", "M": "15 %", "Q": "25 %", "H": "30 %"}
_PIXELS, _MILLIMETRES = 1000, 60


@require_safe
@seated(Ability.SEE_REPORTS)
def picture(request: HttpRequest, seat: Seat, link: int, kind: str) -> HttpResponse:
    """The code of a link as a file, in the look that the address asks for."""
    line = found(lambda: queries.link_of(seat.workspace.pk, link))
    address = line.address(settings.ENVIRONMENT.url)
    if not address:
        raise Http404(kind)
    try:
        look = look_in(request)
        match kind:
            case "svg":
                answer = HttpResponse(svg(address, look), content_type="image/svg+xml")
            case "png":
                answer = HttpResponse(png(address, look, _PIXELS), content_type="image/png")
            case "pdf":
                short = "" if line.link.kind == "wechat" else address.partition("://")[2]
                said = [line.name, line.link.holder, short]
                answer = HttpResponse(pdf(address, look, said, _MILLIMETRES), content_type="application/pdf")
            case _:
                raise Http404(kind)
    except Refused as refused:
        return HttpResponse(str(told(refused)), status=422, content_type="text/plain; charset=utf-8")
    if "take" in request.GET:
        answer["Content-Disposition"] = f'attachment; filename="code-{line.link.slug if _plain(line) else link}.{kind}"'
    return answer


def shown_code(request: HttpRequest) -> dict[str, Any]:
    """What the page of a link says of its code; with what is wrong with the look that was asked for."""
    said = {name: request.GET.get(name, "") for name in ("dark", "light", "shape", "correction")}
    asked = request.GET.copy()
    wrong = None
    try:
        look = look_in(request).check()
    except Refused as refused:
        look, wrong = Look(), told(refused)
        asked.clear()
    kept = {name: value or str(getattr(look, name)) for name, value in said.items()}
    return {
        "look": kept,
        "look_wrong": wrong,
        "look_asked": asked.urlencode(),
        "shapes": SHAPES,
        "corrections": CORRECTIONS,
    }


def look_in(request: HttpRequest) -> Look:
    """The look that an address asks for; what it does not say is as ever."""
    asked = request.GET
    usual = Look()
    shape, correction = asked.get("shape", ""), asked.get("correction", "")
    return msgspec.structs.replace(
        usual,
        dark=asked.get("dark") or usual.dark,
        light=asked.get("light") or usual.light,
        shape=Shape(shape) if shape in SHAPES else usual.shape,
        correction=Correction(correction) if correction in CORRECTIONS else usual.correction,
    )


def _plain(line: LinkLine) -> bool:
    return line.link.slug.isascii() and line.link.slug.replace("-", "").isalnum()
