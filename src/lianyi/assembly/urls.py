"""The addresses of the process `web`. The edge answers what is its own (see `lianyi.edge`) and passes the rest here."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path

from lianyi.api.door import door


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz),
    re_path(r"^api/(?P<rest>[\s\S]*)\Z", door),
    path("", include("lianyi.web.urls")),
]
