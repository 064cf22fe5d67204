"""What somebody who follows a link is told when it does not simply lead on: a password is asked for, the link is over,
or there is none. The edge answers all others, and counts them.

Nobody is signed in here, so nothing is asked of a session; guesses are counted by link and caller.
"""

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from lianyi.kernel.clock import SECOND
from lianyi.links.opening import PARAMETER, token_for
from lianyi.links.passwords import opens
from lianyi.links.queries import link_at
from lianyi.links.schemas import Link
from lianyi.web.accounts.guessing import client_address

TRIES, TRIES_FOR = 10, 300  # guesses of one link by one caller, and for how many seconds they are remembered
_DOMAIN = "X-Lianyi-Domain"  # the own domain that the edge had the request from; nobody else can say it


@csrf_exempt  # who guesses a link's password needs nobody's session for it, and an own domain is another origin
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a link that does not lead on by itself; after the right password, the way back to where it does."""
    link, now = link_at(request.headers.get(_DOMAIN), slug), time.time()
    if link is None:
        return _told(request, "none", 404)
    if link.over(int(now * SECOND)):
        return _told(request, "over", 410)
    if not link.password:  # it was asked for a moment before it became one that leads on
        return HttpResponseRedirect(link.slug)  # beside this address, which is another at an own domain
    if request.method != "POST":
        return _told(request, "password", 200)
    if _tried_too_often(request, link):
        return _told(request, "password", 429, "many")
    if not opens(link.password, request.POST.get("password", "")):
        return _told(request, "password", 422, "wrong")
    token = token_for(settings.SECRET_KEY.encode(), link, now)
    return HttpResponse(status=303, headers={"Location": f"?{PARAMETER}={token}"})


def _told(request: HttpRequest, what: str, status: int, wrong: str = "") -> HttpResponse:
    """In the language that the visitor chose by the address, else the browser's."""
    asked = request.GET.get("lang", "")
    with override(asked if asked in dict(settings.LANGUAGES) else get_language()):
        return render(request, f"web/links/{what}.html", {"wrong": wrong}, status=status)


def _tried_too_often(request: HttpRequest, link: Link) -> bool:
    name = f"link:{salted_hmac('link', f'{link.number}:{client_address(request)}').hexdigest()}"
    cache.add(name, 0, TRIES_FOR)
    try:
        return cache.incr(name) > TRIES
    except ValueError:  # it was forgotten in between
        return False
