"""The numbers that facts are kept under, by what they stand for."""

from django.db import connection

from lianyi.people.profiles.dictionaries import OTHER, OTHER_SOURCE, SOURCES, TAGS


def trait_number(workspace: int, name: str) -> int | None:
    """Of the trait of this name; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM trait WHERE workspace = %s AND name = %s", [workspace, name])
        row = cursor.fetchone()
    return int(row[0]) if row else None


def tag_number(workspace: int, dimension: str, name: str) -> int | None:
    """Of a tag; None when nobody ever had it."""
    return TAGS.find(workspace, [(dimension, name)]).get((dimension, name))


def last_source(workspace: int) -> int:
    """The number of the source that was seen first most recently; 0 before any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM source WHERE workspace = %s", [workspace])
        return int(cursor.fetchone()[0])


def sources_like(workspace: int, wanted: tuple[str | None, ...]) -> tuple[int, ...]:
    """The numbers of the sources with this channel, medium, campaign and code, where each is given; ascending."""
    given = {part: value for part, value in zip(SOURCES.parts, wanted, strict=True) if value is not None}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM source WHERE workspace = %s{''.join(f' AND {part} = %s' for part in given)} ORDER BY id",
            [workspace, *given.values()],
        )
        found = [number for (number,) in cursor.fetchall()]
    is_other = all(value in (None, part) for value, part in zip(wanted, OTHER, strict=True))
    return (OTHER_SOURCE, *found) if is_other else tuple(found)
