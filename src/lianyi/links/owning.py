"""A host becomes an own domain only when no link of the workspace leads to an address on it that would be a link's.

When such a link was made, the host was somebody else's site. As an own domain it has nothing but links and pages at its
addresses: whoever followed the link would find a dead end, or go round in a circle.
"""

from urllib.parse import urlsplit

from django.db.models import Q

from lianyi.foundation.domains.actions import add_domain
from lianyi.foundation.domains.checking import checked_host
from lianyi.foundation.domains.schemas import DomainLine
from lianyi.kernel.errors import Refused
from lianyi.links.checking import Ours
from lianyi.links.drafts import LinkLine
from lianyi.links.models import ShortLink
from lianyi.links.queries import line_in

MOST_NAMED = 10
_LOOKED_AT = 10_000


def own_domain(workspace: int, host: str, purpose: str, installation: str) -> DomainLine:
    """Adds an own domain. Refuses what `add_domain` refuses, and a host that links of the workspace lead to."""
    leading = links_leading_to(workspace, checked_host(host, installation))
    if leading:
        names = [one.name or one.link.slug for one in leading]
        raise Refused(
            "domain.led_to", "Links lead to {host}: {names}. As an own domain it has only links and pages of Lianyi, "
            "so they would end nowhere or go round in a circle.",
            "Give these links another target first.",
            host=host.strip()[:200], names=names[:MOST_NAMED] + (["…"] if len(names) > MOST_NAMED else []),
        )  # fmt: skip
    return add_domain(workspace, host, purpose, installation)


def links_leading_to(workspace: int, host: str) -> list[LinkLine]:
    """The links of the workspace that lead, by whatever way, to an address that would be a link's on this host; with
    archived ones, which may be put into use again.
    """
    said = Q()
    for name in ("target", "expired_target", "ios", "android", "routes"):
        said |= Q(**{f"{name}__icontains": host})
    rows = ShortLink.objects.filter(said, workspace=workspace).exclude(kind="wechat")
    ours = Ours(domains=frozenset({host}))
    lines = (line_in(row) for row in rows.select_related("domain", "campaign").order_by("pk")[:_LOOKED_AT])
    return [one for one in lines if any(ours.is_link(urlsplit(url)) for url in _ways(one))]


def _ways(line: LinkLine) -> list[str]:
    link = line.link
    ways = [link.target, link.expired_target, link.ios, link.android, *(one.target for one in link.routes)]
    return [one for one in ways if one.startswith(("https://", "http://"))]
