"""The form of a link: what was typed becomes a draft, and a link becomes what stands in the fields."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone

from lianyi.campaigns.campaigns.queries import MOST_CHOICES, campaigns
from lianyi.channels.accounts.queries import accounts, externals
from lianyi.foundation.domains.queries import domains
from lianyi.kernel.clock import from_micros, to_micros
from lianyi.kernel.errors import Refused
from lianyi.links.checking import LONGEST, LONGEST_SLUG, LONGEST_TARGET, Ours
from lianyi.links.drafts import HEAVIEST, MOST_ROUTES, Draft, LinkLine
from lianyi.links.queries import our_addresses, templates
from lianyi.links.scenes import LONGEST_SCENE
from lianyi.links.schemas import Route
from lianyi.web.asked import number_in
from lianyi.web.links.words import DEVICES, HOLDERS, KINDS, SYSTEMS

_TEXTS = (
    *("target", "kind", "name", "domain", "slug", "code", "channel", "medium", "campaign", "term", "content"),
    *("ios", "android", "expired_target", "holder_kind", "holder", "account", "scene", "picture"),
)
_ROUTE = ("target", "weight", "countries", "regions", "devices", "systems", "languages")
_MOMENT = "%Y-%m-%dT%H:%M"


def ours(workspace: int) -> Ours:
    """Which addresses are this installation's, and which official accounts are connected."""
    return our_addresses(settings.ENVIRONMENT.url, settings.ENVIRONMENT.links, externals(workspace, "wechat"))


def draft_in(said: QueryDict) -> Draft:
    """What was typed. A line of routes without a target is none."""
    texts: dict[str, Any] = {name: said.get(name, "").strip() for name in _TEXTS}
    texts["kind"] = texts["kind"] or "link"
    routes = tuple(_route(one) for one in _lines(said) if one["target"])
    kept = None if said.get("password_kept") else said.get("password", "")
    return Draft(**texts, routes=routes, expires_at=_moment(said.get("expires_at", "")), password=kept)


def typed_of(line: LinkLine) -> dict[str, Any]:
    """A link as the fields have it."""
    link = line.link
    said = {name: getattr(link, name) for name in _TEXTS if name not in ("name", "domain")}
    ends = link.expires_at
    return {
        **said,
        "name": line.name,
        "domain": link.domain or "",
        "expires_at": timezone.localtime(from_micros(ends)).strftime(_MOMENT) if ends else "",
    }


def fields(workspace: int, typed: Any, routes: list[dict[str, str]]) -> dict[str, Any]:
    """What the template of the form needs."""
    spare = [dict.fromkeys(_ROUTE, "") for _ in range(2 if len(routes) < MOST_ROUTES else 0)]
    return {
        "typed": typed,
        "routes": [*routes, *spare],
        "templates": templates(workspace),
        "campaigns": campaigns(workspace, MOST_CHOICES),
        "domains": domains(workspace, "links"),
        "accounts": [one for one in accounts(workspace) if one.platform == "wechat"],
        "home": settings.ENVIRONMENT.url,
        "kinds": KINDS,
        "holders": HOLDERS,
        "devices": DEVICES,
        "systems": SYSTEMS,
        "longest": LONGEST,
        "longest_slug": LONGEST_SLUG,
        "longest_scene": LONGEST_SCENE,
        "longest_target": LONGEST_TARGET,
        "heaviest": HEAVIEST,
    }


def routes_typed(said: QueryDict) -> list[dict[str, str]]:
    """The lines of routes as they were typed."""
    return [one for one in _lines(said) if any(one.values())]


def routes_of(line: LinkLine) -> list[dict[str, str]]:
    """The routes of a link as the fields have them."""
    return [
        {
            "target": one.target,
            "weight": str(one.weight),
            **{name: ", ".join(getattr(one, name)) for name in _ROUTE[2:]},
        }
        for one in line.link.routes
    ]


def _lines(said: QueryDict) -> list[dict[str, str]]:
    columns = [said.getlist(f"route_{name}")[: MOST_ROUTES + 2] for name in _ROUTE]
    return [dict(zip(_ROUTE, (one.strip() for one in line), strict=True)) for line in zip(*columns, strict=False)]


def _route(said: dict[str, str]) -> Route:
    lists = {
        name: tuple(one.strip() for one in said[name].replace("，", ",").split(",") if one.strip())
        for name in _ROUTE[2:]
    }
    weight = 0 if said["weight"] == "0" else number_in(said["weight"] or "1")
    if weight is None:
        raise Refused("link.weight", "{text!r} is no weight.", "Write a whole number.", text=said["weight"][:40])
    return Route(said["target"], weight, **lists)


def _moment(text: str) -> int | None:
    if not text:
        return None
    try:
        return to_micros(timezone.make_aware(datetime.strptime(text[:16], _MOMENT)))
    except (ValueError, OverflowError):
        raise Refused("link.expires", "{text!r} is no moment.", "Choose a day and a time.", text=text[:40]) from None
