"""Finds the link of an address, in one statement of SQL, for whoever has no Django.

FIND takes `host`, that of an own domain or None for the installation's own address, and `slug` as it stands in the
address: slugs are compared in small letters. FIND_CODE takes `workspace` and `code`; of several links with one code a
channel code counts before a short link, one in use before an archived one. `link_in` reads the row of either.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from lianyi.links.schemas import Link, Route

_LINKS = """
SELECT l.id, l.workspace, d.host, l.slug, l.kind, l.target, l.code, l.channel, l.medium, coalesce(c.key, ''),
    l.term, l.content, l.routes::text, l.ios, l.android, l.expires_at, l.expired_target, l.password,
    l.holder_kind, l.holder, l.archived_at
FROM short_link l LEFT JOIN domain d ON d.id = l.domain_id LEFT JOIN campaign c ON c.id = l.campaign_id
"""
FIND = f"""{_LINKS}
WHERE l.slug = lower(%(slug)s) AND d.host IS NOT DISTINCT FROM %(host)s::text
"""
FIND_CODE = f"""{_LINKS}
WHERE l.workspace = %(workspace)s AND l.code = %(code)s
ORDER BY l.archived_at IS NOT NULL, l.kind, l.id LIMIT 1
"""


def link_in(row: Sequence[Any]) -> Link:
    """The link of a row of FIND, whose columns are the fields of a link in their order."""
    said = dict(zip(Link.__struct_fields__, row, strict=True))
    return Link(**{**said, "routes": msgspec.json.decode(said["routes"], type=tuple[Route, ...])})
