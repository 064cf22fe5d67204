"""Finds the link of an address, in one statement of SQL, for whoever has no Django.

FIND takes `hosts` and `slugs`, as many of each: of a host, that of an own domain or None for the installation's own
address, and a slug in small letters; before its link each row says which of them it is of, from 1. A WeChat code stands
at no address. FIND_SCENE takes `workspace`, and
`account` and `scene` as WeChat tells them: the code of that scene, else a link whose code is the scene; of several a
channel code counts before a short link, one in use before an archived one. `link_in` reads the link of either.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from lianyi.links.schemas import Link, Route

_FIELDS = """
l.id, l.workspace, d.host, l.slug, l.kind, l.target, l.code, l.channel, l.medium, coalesce(c.key, ''),
    l.term, l.content, l.routes::text, l.ios, l.android, l.expires_at, l.expired_target, l.password,
    l.holder_kind, l.holder, l.archived_at, l.account, l.scene, l.picture
"""
_MORE = "LEFT JOIN domain d ON d.id = l.domain_id LEFT JOIN campaign c ON c.id = l.campaign_id"
FIND = f"""
SELECT asked.place, {_FIELDS}
FROM unnest(%(hosts)s::text[], %(slugs)s::text[]) WITH ORDINALITY AS asked (host, slug, place)
JOIN short_link l ON l.kind <> 'wechat' AND l.slug = asked.slug {_MORE}
WHERE d.host IS NOT DISTINCT FROM asked.host
"""
FIND_SCENE = f"""
SELECT {_FIELDS} FROM short_link l {_MORE}
WHERE l.workspace = %(workspace)s AND (
    l.kind = 'wechat' AND l.account = %(account)s AND l.scene = %(scene)s OR l.kind <> 'wechat' AND l.code = %(scene)s)
ORDER BY l.kind <> 'wechat', l.archived_at IS NOT NULL, l.kind, l.id LIMIT 1
"""


def link_in(row: Sequence[Any]) -> Link:
    """The link of what a row says of it, whose columns are the fields of a link in their order."""
    said = dict(zip(Link.__struct_fields__, row, strict=True))
    return Link(**{**said, "routes": msgspec.json.decode(said["routes"], type=tuple[Route, ...])})
