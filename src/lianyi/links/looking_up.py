"""Finds the link of an address, in one statement of SQL, for whoever has no Django.

FIND takes `host`, that of an own domain or None for the installation's own address, and `slug` as it stands in the
address: slugs are compared in small letters; a WeChat code stands at no address. FIND_SCENE takes `workspace`, and
`account` and `scene` as WeChat tells them: the code of that scene, else a link whose code is the scene; of several a
channel code counts before a short link, one in use before an archived one. `link_in` reads the row of either.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from lianyi.links.schemas import Link, Route

_LINKS = """
SELECT l.id, l.workspace, d.host, l.slug, l.kind, l.target, l.code, l.channel, l.medium, coalesce(c.key, ''),
    l.term, l.content, l.routes::text, l.ios, l.android, l.expires_at, l.expired_target, l.password,
    l.holder_kind, l.holder, l.archived_at, l.account, l.scene, l.picture
FROM short_link l LEFT JOIN domain d ON d.id = l.domain_id LEFT JOIN campaign c ON c.id = l.campaign_id
"""
FIND = f"""{_LINKS}
WHERE l.kind <> 'wechat' AND l.slug = lower(%(slug)s) AND d.host IS NOT DISTINCT FROM %(host)s::text
"""
FIND_SCENE = f"""{_LINKS}
WHERE l.workspace = %(workspace)s AND (
    l.kind = 'wechat' AND l.account = %(account)s AND l.scene = %(scene)s OR l.kind <> 'wechat' AND l.code = %(scene)s)
ORDER BY l.kind <> 'wechat', l.archived_at IS NOT NULL, l.kind, l.id LIMIT 1
"""


def link_in(row: Sequence[Any]) -> Link:
    """The link of a row of FIND, whose columns are the fields of a link in their order."""
    said = dict(zip(Link.__struct_fields__, row, strict=True))
    return Link(**{**said, "routes": msgspec.json.decode(said["routes"], type=tuple[Route, ...])})
