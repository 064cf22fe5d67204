"""Against guessing of passwords: what django-axes asks about a request, and the page for who guessed too often."""

from ipaddress import ip_address
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_NOBODY = "0.0.0.0"  # noqa: S104 - no address to listen at, but that of a caller who has none


def client_address(request: HttpRequest) -> str:
    """Who calls. The edge says it, or the reverse proxy before it, which adds the caller's address at the end."""
    said = request.headers.get("X-Forwarded-For") or request.META.get("REMOTE_ADDR") or ""
    try:
        return str(ip_address(said.rpartition(",")[2].strip()))
    except ValueError:
        return _NOBODY


def address_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The e-mail address that somebody tries to sign in by."""
    return str((credentials or {}).get("email") or request.POST.get("login", "")).strip().lower()[:254]


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, _credentials: object = None
) -> HttpResponse:
    """The page that says how long to wait, and which other ways in stay open."""
    return render(request, "web/accounts/locked.html", status=429)
