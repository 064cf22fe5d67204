"""The tags of a workspace as a list shows them, and how many people have each."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection


class TagLine(NamedTuple):
    """A tag that was ever given. Numbers are given in the order in which tags were first used."""

    id: int
    dimension: str
    name: str


def tag_lines(
    workspace: int, *, limit: int, before: int | None = None, dimension: str = "", part: str = ""
) -> list[TagLine]:
    """The newest tags, those before the tag `before` when it is given, of one dimension when it is named, with `part`
    in the name. At most some thirty thousand are looked at, which is how many a workspace may have.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, dimension, name FROM tag
            WHERE workspace = %(workspace)s AND id < %(before)s AND (%(dimension)s = '' OR dimension = %(dimension)s)
              AND (%(part)s = '' OR strpos(lower(name), lower(%(part)s)) > 0)
            ORDER BY id DESC LIMIT %(limit)s
            """,
            {
                "workspace": workspace,
                "before": min(before or 2**31 - 1, 2**31 - 1),
                "dimension": dimension,
                "part": part,
                "limit": limit,
            },
        )
        return [TagLine(*row) for row in cursor.fetchall()]


def people_of_tags(workspace: int, tags: Sequence[int], now: int) -> dict[int, tuple[int, int]]:
    """Tag → how many people have it at the moment `now` (µs), and how many of them lose it by itself some day. A tag
    that one identity of a person was given and another had taken counts as given.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT f.tag, count(DISTINCT i.person), count(DISTINCT i.person) FILTER (WHERE f.expires_at IS NOT NULL)
            FROM tag_fact f JOIN identity i ON i.workspace = f.workspace AND i.number = f.identity
            WHERE f.workspace = %s AND f.tag = ANY(%s::int[]) AND f.added_at IS NOT NULL
              AND coalesce(f.removed_at < f.added_at, true) AND coalesce(f.expires_at > %s, true)
            GROUP BY f.tag
            """,
            [workspace, list(tags), now],
        )
        return {tag: (people, passing) for tag, people, passing in cursor.fetchall()}
