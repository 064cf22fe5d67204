"""Finds the page of an address, in one statement of SQL each, for whoever has no Django.

FIND takes `host`, that of an own domain or None for the installation's own address, and `slug`. PERSON takes a
`workspace`, the `mark` of a browser (`digest(kind, scope, value)`) and that of what was `proven` in it, and gives
nobody where the browser is not recognised; MEMBERS a `workspace` and a `segment`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from pyroaring import BitMap

from lianyi.growth.pages.pictures import Kept, shots_of
from lianyi.growth.pages.places import Shot
from lianyi.growth.pages.schemas import Definition
from lianyi.kernel.bitmaps import from_bytes
from lianyi.people.identity.recognising import OWN, RECOGNISED

FIND = """
SELECT p.id, p.workspace, p.slug, p.seed, p.version, v.definition::text,
    coalesce((SELECT k.public FROM write_key k WHERE k.workspace_id = p.workspace AND k.public IS NOT NULL
        AND k.revoked_at IS NULL ORDER BY k.id LIMIT 1), ''),
    (SELECT array_agg(ARRAY[m.id::text, m.sha256, m.type, m.width::text, m.height::text]) FROM media_file m
        WHERE m.workspace_id = p.workspace AND m.person IS NULL AND m.id IN (
            SELECT (one #>> '{}')::bigint FROM jsonb_path_query(v.definition, 'strict $.**.media') one))
FROM page p JOIN page_version v ON v.page = p.id AND v.number = p.version LEFT JOIN domain d ON d.id = p.domain_id
WHERE p.slug = %(slug)s AND d.host IS NOT DISTINCT FROM %(host)s::text
"""
LISTED = """
SELECT array_agg(p.slug ORDER BY p.slug) FROM page p JOIN page_version v ON v.page = p.id AND v.number = p.version
JOIN domain d ON d.id = p.domain_id
WHERE d.host = %(host)s AND NOT coalesce((v.definition -> 'seo' ->> 'hidden')::boolean, false)
"""
PERSON = f"""
WITH RECURSIVE {OWN}
SELECT i.person FROM identity i WHERE i.workspace = %(workspace)s AND i.hash = %(mark)s AND {RECOGNISED}
"""
MEMBERS = """
SELECT m.members,
    (SELECT array_agg(c.entered ORDER BY c.change) FROM segment_change c
        WHERE c.workspace = m.workspace AND c.segment = m.segment AND c.change > m.change),
    (SELECT array_agg(c."left" ORDER BY c.change) FROM segment_change c
        WHERE c.workspace = m.workspace AND c.segment = m.segment AND c.change > m.change)
FROM segment_members m WHERE m.workspace = %(workspace)s AND m.segment = %(segment)s
"""
_decode = msgspec.json.Decoder(Definition).decode


class Published(NamedTuple):
    """A page as visitors see it."""

    id: int
    workspace: int
    slug: str
    seed: str
    version: int
    definition: Definition
    write_key: str
    pictures: Mapping[int, Shot] = {}
    videos: Mapping[int, str] = {}


def page_in(row: Sequence[Any]) -> Published | None:
    """The page of a row of FIND; None for one that a newer Lianyi wrote."""
    page, workspace, slug, seed, version, definition, key, files = row
    shown = shots_of(workspace, (_kept(*one) for one in files or ()))
    try:
        return Published(page, workspace, slug, seed, version, _decode(definition), key, *shown)
    except msgspec.ValidationError:
        return None


def _kept(number: str, sha256: str, kind: str, width: str | None, height: str | None) -> Kept:
    return Kept(int(number), sha256, kind, int(width) if width else None, int(height) if height else None)


def slugs_in(row: Sequence[Any]) -> list[str] | None:
    """The slugs of a row of LISTED."""
    slugs: list[str] | None = row[0]
    return slugs


def person_in(row: Sequence[Any]) -> int:
    """The number of a row of PERSON."""
    return int(row[0])


def members_in(row: Sequence[Any]) -> BitMap:
    """Who is in the segment of a row of MEMBERS."""
    members = from_bytes(bytes(row[0]))
    for entered, left in zip(row[1] or (), row[2] or (), strict=True):
        members |= from_bytes(bytes(entered))
        members -= from_bytes(bytes(left))
    return members
