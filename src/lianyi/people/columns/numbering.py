"""The numbers that columns have for what rules name. A number once given stays, so a process asks for each once."""

from functools import lru_cache
from typing import Any

from lianyi.people.profiles.mapping import numbers
from lianyi.rules.nodes import Source, Tagged

_MOST = 20_000  # names that are remembered

_traits: dict[tuple[int, str], int] = {}
_tags: dict[tuple[int, str, str], int] = {}


def trait_number(workspace: int, name: str) -> int | None:
    """The number of a trait; None when there is none of that name."""
    key = (workspace, name)
    return _traits.get(key) or _remembered(_traits, key, numbers.trait_number(workspace, name))


def tag_number(workspace: int, tag: Tagged) -> int | None:
    """The number of a tag; None when nobody ever had it."""
    key = (workspace, tag.dimension, tag.tag)
    return _tags.get(key) or _remembered(_tags, key, numbers.tag_number(workspace, tag.dimension, tag.tag))


def source_numbers(workspace: int, source: Source) -> tuple[int, ...]:
    """The numbers of all sources that fit, ascending."""
    wanted = (source.channel, source.medium, source.campaign, source.code)
    return _fitting(workspace, wanted, numbers.last_source(workspace))


@lru_cache(maxsize=1_000)
def _fitting(workspace: int, wanted: tuple[str | None, ...], last: int) -> tuple[int, ...]:
    del last  # when there are more sources, others may fit
    return numbers.sources_like(workspace, wanted)


def _remembered(names: dict[Any, int], key: Any, number: int | None) -> int | None:
    if number is not None:
        if len(names) >= _MOST:
            names.clear()
        names[key] = number
    return number
