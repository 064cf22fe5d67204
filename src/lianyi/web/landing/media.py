"""A picture of a page that no process has copied yet: made here, and from then on served by the edge."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lianyi.growth.pages.copies import copy_of
from lianyi.growth.pages.pictures import PREFIX, asset_in


@require_safe
def media(_request: HttpRequest, workspace: int, name: str) -> HttpResponse:
    """The file of an address, for whoever has it."""
    asset = asset_in(f"{PREFIX}{workspace}/{name}")
    place = None if asset is None else copy_of(asset)
    if asset is None or place is None:
        raise Http404(name)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(place.read_bytes(), content_type=asset.content_type, headers=headers)
