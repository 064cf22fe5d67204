"""Against guessing: who tries, by what django-axes and allauth count, and the page for who tried too often.

Counted are the e-mail address together with who calls, and, widely, the address alone. A browser in which the member
has signed in before is counted by itself, so that nobody else's guesses keep its owner out. What is counted does not
depend on whether the address is known.
"""

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lianyi.foundation.members.own.queries import has_used
from lianyi.kernel.ids import secret_hash

DEVICE_COOKIE = "__Host-device" if settings.SESSION_COOKIE_SECURE else "lianyi_device"
_NOBODY = "0.0.0.0"  # noqa: S104 - no address to listen at, but that of a caller who has none


def client_address(request: HttpRequest) -> str:
    """Who calls. The edge says it, or the reverse proxy before it, which adds the caller's address at the end."""
    said = request.headers.get("X-Forwarded-For") or request.META.get("REMOTE_ADDR") or ""
    try:
        return str(ip_address(said.rpartition(",")[2].strip()))
    except ValueError:
        return _NOBODY


def address_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The e-mail address that somebody tries to sign in by; with the browser, where it is one that its member uses."""
    given = credentials or {}
    said = given.get("email") or given.get("username") or request.POST.get("login", "")
    email, device = str(said).strip().lower()[:230], device_of(request)
    known = bool(device) and has_used(email, device)
    return f"{email}#{secret_hash(device).hex()[:16]}" if known else email


def device_of(request: HttpRequest) -> str:
    """What the browser's cookie says it is; empty for one that has none."""
    return request.COOKIES.get(DEVICE_COOKIE, "")[:100]


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, _credentials: object = None
) -> HttpResponse:
    """The page that says how long to wait, and which other ways in stay open."""
    return render(request, "web/accounts/locked.html", status=429)
