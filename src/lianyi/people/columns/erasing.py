"""People who were erased leave every column, and no run holds what was known of them.

Others of whom something was told together with them are told of anew as a whole: what they had by somebody who is
erased is in no run any more either.
"""

from collections.abc import Collection

import numpy as np
from pyroaring import BitMap

from lianyi.events.log.queries import cursor_of
from lianyi.people.columns import making, storing
from lianyi.people.columns.actions import put
from lianyi.people.columns.parts import Part, bits_of, nothing
from lianyi.people.columns.shelf import SHELF
from lianyi.people.identity.mapping import Ints, owners_of


def remove(workspace: int, numbers: Collection[int], others: Collection[int]) -> None:
    """Takes these numbers out, and makes the persons `others`, identities of whom may be named too, anew. To
    be called when profiles are as they are to be, with the projection held still.
    """
    if not storing.version_of(workspace)[1]:
        return
    _, owners = owners_of(workspace, _array(others))
    left = bits_of(owners)
    everybody = BitMap([*numbers, *others]) | left
    now = making.everything_of(workspace, making.group_of(workspace, np.array(left, np.int64))) if left else {}
    kinds = storing.take_out(workspace, everybody)
    told = {}
    for name in kinds.keys() | {name for name, part in now.items() if part.bits}:
        part = now.get(name) or nothing(kinds[name])
        told[name] = Part(part.kind, part.bits, part.values, everybody - part.bits)
    put(workspace, cursor_of(workspace, "columns"), told)
    SHELF.forget(workspace)


def _array(numbers: Collection[int]) -> Ints:
    return np.array(sorted(numbers), np.int64)
