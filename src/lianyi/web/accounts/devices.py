"""Which browsers a member has signed in with: a cookie each, and a mail when a new one does."""

import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import oneself
from lianyi.foundation.members.own.actions import note_sign_in
from lianyi.foundation.members.schemas import Member
from lianyi.foundation.notices.actions import tell_member
from lianyi.foundation.notices.schemas import Notice
from lianyi.kernel.clock import system_clock
from lianyi.web.accounts.guessing import DEVICE_COOKIE, client_address, device_of

_KEPT_FOR = 365 * 86400  # seconds
# In this order: each later browser calls itself by the names of the earlier ones, too.
_BROWSERS = ("MicroMessenger", "Edg", "OPR", "Firefox", "Chrome", "Safari")
_NAMES = {"MicroMessenger": "WeChat", "Edg": "Edge", "OPR": "Opera"}
_SYSTEMS = ("Windows", "iPhone", "iPad", "Android", "Mac OS X", "Linux")


def note_device(request: HttpRequest, answer: HttpResponse, member: Member, by: str) -> None:
    """Writes the sign-in down, gives the browser its cookie, and mails the member about one that is new."""
    device, now = device_of(request) or secrets.token_urlsafe(32), system_clock()
    with acting_as(oneself(member.pk)):
        new = note_sign_in(member.pk, by, device, now)
    if new:
        agent = request.headers.get("User-Agent", "")
        values = {"at": f"{now:%Y-%m-%d %H:%M}", "device": device_name(agent), "address": client_address(request)}
        tell_member(member.pk, Notice.NEW_DEVICE, values, now)
    _give_cookie(answer, DEVICE_COOKIE, device, _KEPT_FOR)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and by != "link":
        give_language(answer, member.language)


def give_language(answer: HttpResponse, language: str) -> None:
    """The browser is shown pages in this language from now on."""
    _give_cookie(answer, settings.LANGUAGE_COOKIE_NAME, language, settings.LANGUAGE_COOKIE_AGE)


def device_name(agent: str) -> str:
    """A browser and its system as people call them, such as `Chrome, Windows`; `?` for what says nothing of itself."""
    browser = next((name for name in _BROWSERS if re.search(rf"\b{name}\w*/", agent)), "")
    system = next((name for name in _SYSTEMS if name in agent), "")
    return ", ".join(part for part in (_NAMES.get(browser, browser), system.replace(" X", "")) if part) or "?"


def _give_cookie(answer: HttpResponse, name: str, value: str, seconds: int) -> None:
    secure = bool(settings.SESSION_COOKIE_SECURE)
    answer.set_cookie(name, value, max_age=seconds, secure=secure, httponly=True, samesite="Lax")
