"""Signing in by a one-time link, and out.

Programs that look at the links of a message open them; so opening one shows a page, and its button uses it up. A link
stands for the first step of signing in: whoever has a second factor is asked for it.
"""

from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from lianyi.foundation.members.actions import redeem_sign_in_link
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused


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
    place, workspace = reverse("overview"), request.GET.get("workspace")  # a foreign one is passed over there
    after = f"{place}?{urlencode({'workspace': workspace})}" if workspace else place
    record_authentication(request, member, method="link", email=member.email, reauthenticated=True)
    answer: HttpResponse = perform_login(request, Login(user=member, email=member.email, redirect_url=after))
    return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session; the browser forgets what it kept of the pages."""
    logout(request)
    answer = redirect("account_login")
    if request.is_secure():  # browsers heed it there alone
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer
