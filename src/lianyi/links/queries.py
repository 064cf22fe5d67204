"""Reads of links."""

from django.db import connection

from lianyi.links.looking_up import FIND, link_in
from lianyi.links.schemas import Link


def link_at(host: str | None, slug: str) -> Link | None:
    """The link of this slug on an own domain, or at the installation's own address."""
    if "\x00" in slug:
        return None
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"host": host, "slug": slug})
        row = cursor.fetchone()
    return None if row is None else link_in(row)
