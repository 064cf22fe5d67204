"""Where a link leads: which target, and with what added to its address. Pure, and without Django.

Routes are asked in their order. The first whose conditions hold brings along all others of the same conditions, and
the draw decides among them by weight; where none holds, it is the link's own target. A target keeps its own query and
fragment to the letter: parameters are put behind its query, and one that the target has already is not put again.
`ly_click` and `ly_code` alone are ours, and replace what a copied address brought along.
"""

from urllib.parse import quote, unquote_plus, urlsplit

from lianyi.links.schemas import Link, Route

CLICK, CODE = "ly_click", "ly_code"
_OURS = frozenset({CLICK, CODE})


def target_for(
    link: Link, country: str, region: str, device: str, system: str, language: str, draw: float
) -> tuple[str, int]:
    """The target, and the number of its route from 1, 0 for the link's own. `draw` is at least 0 and below 1; what is
    unknown of the caller is "".
    """

    def holds(route: Route) -> bool:
        return (
            _any(route.countries, country)
            and _any(route.regions, region)
            and _any(route.devices, device)
            and _any(route.systems, system)
            and (not route.languages or any(_speaks(one, language) for one in route.languages))
        )

    first = next((route for route in link.routes if holds(route)), None)
    if first is None:
        return link.target, 0
    same = [(number, one) for number, one in enumerate(link.routes, 1) if one.when == first.when and one.weight > 0]
    left = draw * sum(one.weight for _, one in same)
    for number, one in same:
        left -= one.weight
        if left < 0:
            return one.target, number
    return (same[-1][1].target, same[-1][0]) if same else (link.target, 0)


def app_for(link: Link, system: str) -> str:
    """The address of the app on this system, or "". Where it does not open, the web target is next."""
    return link.ios if system == "ios" else link.android if system in ("android", "harmony") else ""


def carrying(target: str, link: Link, click: str) -> str:
    """The target with the link's UTM parameters, its code and the id of the click."""
    said = {
        "utm_source": link.channel,
        "utm_medium": link.medium,
        "utm_campaign": link.campaign,
        "utm_term": link.term,
        "utm_content": link.content,
        CODE: link.code,
        CLICK: click,
    }
    front, sign, fragment = target.partition("#")
    place, _, query = front.partition("?")
    own = [part for part in query.split("&") if part and _name(part) not in _OURS]
    there = {_name(part) for part in own}
    added = [f"{name}={quote(value, safe='')}" for name, value in said.items() if value and name not in there]
    if "://" in place and "/" not in place.partition("://")[2] and urlsplit(place).scheme in ("http", "https"):
        place += "/"
    return place + ("?" + "&".join([*own, *added]) if own or added else "") + sign + fragment


def _any(wanted: tuple[str, ...], found: str) -> bool:
    return not wanted or found.casefold() in {one.casefold() for one in wanted}


def _speaks(wanted: str, found: str) -> bool:
    """`zh` is spoken by zh-Hant, too."""
    asked, said = wanted.casefold(), found.casefold()
    return said == asked or said.startswith(f"{asked}-")


def _name(part: str) -> str:
    return unquote_plus(part.partition("=")[0])
