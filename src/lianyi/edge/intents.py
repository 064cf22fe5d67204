"""What a visitor is shown of a page: which variant, and which button by the segments that they are in.

Who a cookie is and who is in a segment is remembered for seconds. Only a visitor who came before is looked up, and only
for a page with buttons for segments; whoever is not known sees what is for everybody.
"""

from collections.abc import Iterable
from functools import lru_cache

from pyroaring import BitMap

from lianyi.edge.lookups import Database, Lookup
from lianyi.edge.visitors import Visitor
from lianyi.growth.pages.blocks import Block
from lianyi.growth.pages.looking_up import MEMBERS, PERSON, Published, members_in, person_in
from lianyi.growth.pages.places import choice
from lianyi.growth.pages.schemas import BASE, options_of

MEMBERS_FOR = 5.0  # seconds
PERSON_FOR = 30.0
MOST_SEGMENTS = 1_000


class Intents:
    """Chooses for visitors."""

    def __init__(self, database: Database, secret: bytes) -> None:
        self._secret = secret
        self._persons = Lookup(database, PERSON, person_in, good_for=PERSON_FOR)
        self._members: Lookup[BitMap] = Lookup(database, MEMBERS, members_in, good_for=MEMBERS_FOR, most=MOST_SEGMENTS)

    def variant(self, page: Published, visitor: Visitor) -> str:
        """The variant of a visitor, always the same; of one who must not be known the page itself."""
        keys, weights = page.definition.arms()
        if len(keys) == 1 or not visitor.value or not sum(weights):
            return BASE
        return keys[_drawn(page.seed, weights, visitor.mark)]

    async def chosen(self, page: Published, blocks: Iterable[Block], visitor: Visitor) -> dict[str, str]:
        """The block and the option that it shows, of blocks of the page that choose by segments. psycopg.Error when
        nobody can tell.
        """
        asking = [
            (block.key, options_of(block))
            for block in blocks
            if any(one.segment is not None for one in options_of(block))
        ]
        if not asking:
            return {}
        segments = frozenset(one.segment for _, options in asking for one in options if one.segment is not None)
        inside = await self._inside(page.workspace, segments, visitor)
        found = ((key, choice(options, inside)) for key, options in asking)
        return {key: option.key for key, option in found if option is not None}

    async def _inside(self, workspace: int, segments: frozenset[int], visitor: Visitor) -> frozenset[int]:
        if not visitor.value or visitor.fresh:
            return frozenset()
        mark, proven = visitor.mark, visitor.proven(self._secret, workspace)
        asked = {"workspace": workspace, "mark": mark, "proven": proven}
        person = await self._persons.find((workspace, mark, proven), asked)
        if person is None:
            return frozenset()
        found = set()
        for segment in segments:
            members = await self._members.find((workspace, segment), {"workspace": workspace, "segment": segment})
            if members is not None and person in members:
                found.add(segment)
        return frozenset(found)


@lru_cache(maxsize=50_000)
def _drawn(seed: str, weights: tuple[int, ...], mark: bytes) -> int:
    import numpy as np

    from lianyi.audience.arms.drawing import draw

    return int(draw(seed, weights, np.frombuffer(mark, dtype="V16"))[0])
