"""The addresses of the process `web`. The edge answers what is its own (see `lianyi.edge`) and passes the rest here."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.defaults import bad_request

from lianyi.api.door import door
from lianyi.api.problems import of_status


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that was refused before its view: told as its door tells errors."""
    if request.path.startswith("/api/"):
        return of_status(400)
    return bad_request(request, exception)


urlpatterns = [
    path("healthz", healthz),
    re_path(r"^api/(?P<rest>[\s\S]*)\Z", door),
    path("", include("lianyi.web.urls")),
]
