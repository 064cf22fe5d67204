"""A digest of each column, the same however it came to be."""

from collections.abc import Iterable
from hashlib import blake2b

from pyroaring import BitMap

from lianyi.people.columns import names, storing
from lianyi.people.columns.packing import pack
from lianyi.people.columns.parts import Part, bits_of, merged
from lianyi.people.columns.shelf import SHELF


def fingerprints(workspace: int) -> dict[str, str]:
    """By column; those in which nobody is are left out, and those of rooms above."""
    every = storing.names(workspace)
    return fingerprints_of(workspace, [name for name in every if not name.startswith(names.SCORES)])


def fingerprints_of(workspace: int, columns: Iterable[str]) -> dict[str, str]:
    """Of these columns; those in which nobody is are left out."""
    version, _ = storing.version_of(workspace)
    found: dict[str, str] = {}
    for name in columns:
        column = SHELF.columns(workspace, [name], version)[name]
        if column is None:
            continue
        first, *rest = column.whole()
        for part in rest:
            first = merged(first, part)
        if first.bits:
            # A set may be held in several ways; made anew from its members, in one.
            alike = Part(first.kind, bits_of(first.persons), first.values, BitMap())
            found[name] = blake2b(pack(alike), digest_size=16).hexdigest()
    return found
