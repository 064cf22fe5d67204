"""Signing in by a one-time link, and out.

Programs that look at the links of a message open them; so opening one shows a page, and its button uses it up.
"""

from urllib.parse import urlencode

from allauth.usersessions.models import UserSession
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from lianyi.foundation.members.actions import redeem_sign_in_link
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.web.accounts.devices import note_device

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, secret: str) -> HttpResponse:
    """A page with one button; the button redeems the link."""
    if request.method != "POST":
        return render(request, "web/sign_in.html", {"step": "button"})
    try:
        member = redeem_sign_in_link(secret, system_clock())
    except Refused:
        return render(request, "web/sign_in.html", {"step": "dead"}, status=410)
    login(request, member, backend=_BACKEND)
    place, workspace = reverse("overview"), request.GET.get("workspace")  # a foreign one is passed over there
    UserSession.objects.create_from_request(request)
    answer = redirect(f"{place}?{urlencode({'workspace': workspace})}" if workspace else place)
    note_device(request, answer, member, "link")
    return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return redirect("account_login")
