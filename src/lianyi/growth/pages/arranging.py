"""Changes to a definition, each giving another one: blocks added, moved, put in another's place, taken away, on the
page itself or in a variant of it. No Django here.
"""

from typing import get_args

import msgspec

from lianyi.growth.pages.blocks import Block, Footer
from lianyi.growth.pages.schemas import BASE, MOST_VARIANTS, Definition, Variant
from lianyi.kernel.errors import Refused

KINDS: tuple[str, ...] = tuple(one.__struct_config__.tag for one in get_args(Block))
_LETTERS = "bcdefghijklmnopqrstuvwxyz"


def new_key(page: Definition, kind: str) -> str:
    """A key for a block of this kind that no block of the page has."""
    taken = {block.key for block in page.every_block()}
    return next(key for number in range(1, 1_000) if (key := kind if number == 1 else f"{kind}-{number}") not in taken)


def added(page: Definition, block: Block) -> Definition:
    """With the block at the end; before a foot, if there is one."""
    place = len(page.blocks) - (1 if page.blocks and isinstance(page.blocks[-1], Footer) else 0)
    return _with(page, (*page.blocks[:place], block, *page.blocks[place:]))


def moved(page: Definition, key: str, steps: int) -> Definition:
    """With a block so many places further down; one at an end stays."""
    blocks = list(page.blocks)
    place = _place(page, key)
    block = blocks.pop(place)
    blocks.insert(max(0, min(len(blocks), place + steps)), block)
    return _with(page, tuple(blocks))


def removed(page: Definition, key: str) -> Definition:
    """Without a block, in its variants neither."""
    _place(page, key)
    variants = tuple(_as_page(one, key) for one in page.variants)
    rest = tuple(block for block in page.blocks if block.key != key)
    return msgspec.structs.replace(page, blocks=rest, variants=variants)


def changed(page: Definition, block: Block, variant: str = BASE) -> Definition:
    """With this block in the place of that of its key, on the page or in one of its variants alone."""
    place = _place(page, block.key)
    if variant == BASE:
        return _with(page, (*page.blocks[:place], block, *page.blocks[place + 1 :]))
    plain = _as_page(_variant(page, variant), block.key)
    return _with_variant(page, msgspec.structs.replace(plain, blocks=(*plain.blocks, block)))


def as_page(page: Definition, key: str, variant: str) -> Definition:
    """With a block in the variant as it is on the page."""
    _place(page, key)
    return _with_variant(page, _as_page(_variant(page, variant), key))


def left_out(page: Definition, key: str, variant: str) -> Definition:
    """With a variant that does not have a block."""
    _place(page, key)
    plain = _as_page(_variant(page, variant), key)
    return _with_variant(page, msgspec.structs.replace(plain, without=(*plain.without, key)))


def with_variant(page: Definition, name: str) -> Definition:
    """With one variant more, at first the same as the page."""
    if len(page.variants) >= MOST_VARIANTS:
        raise Refused(
            "page.variants", "A page has at most {most} variants.", "Take one away first.", most=MOST_VARIANTS
        )
    taken = {one.key for one in page.variants}
    key = next(letter for letter in _LETTERS if letter not in taken)
    return msgspec.structs.replace(page, variants=(*page.variants, Variant(key=key, name=name)))


def without_variant(page: Definition, variant: str) -> Definition:
    """Without a variant."""
    _variant(page, variant)
    return msgspec.structs.replace(page, variants=tuple(one for one in page.variants if one.key != variant))


def weighed(page: Definition, weights: dict[str, int], names: dict[str, str]) -> Definition:
    """With these weights of the page itself and its variants, and these names of the variants."""
    variants = tuple(
        msgspec.structs.replace(one, weight=weights.get(one.key, one.weight), name=names.get(one.key, one.name))
        for one in page.variants
    )
    return msgspec.structs.replace(page, weight=weights.get(BASE, page.weight), variants=variants)


def block_of(page: Definition, key: str, variant: str = BASE) -> Block:
    """The block of a variant; of the page where the variant has none of its own."""
    place = _place(page, key)
    own = () if variant == BASE else _variant(page, variant).blocks
    return next((block for block in own if block.key == key), page.blocks[place])


def _with(page: Definition, blocks: tuple[Block, ...]) -> Definition:
    return msgspec.structs.replace(page, blocks=blocks)


def _with_variant(page: Definition, variant: Variant) -> Definition:
    variants = tuple(variant if one.key == variant.key else one for one in page.variants)
    return msgspec.structs.replace(page, variants=variants)


def _as_page(variant: Variant, key: str) -> Variant:
    blocks = tuple(block for block in variant.blocks if block.key != key)
    return msgspec.structs.replace(variant, blocks=blocks, without=tuple(one for one in variant.without if one != key))


def _place(page: Definition, key: str) -> int:
    found = next((place for place, block in enumerate(page.blocks) if block.key == key), None)
    if found is None:
        raise Refused("page.block_unknown", "The page has no block {key}.", "Open the page again.", key=key)
    return found


def _variant(page: Definition, variant: str) -> Variant:
    found = next((one for one in page.variants if one.key == variant), None)
    if found is None:
        raise Refused("page.variant_unknown", "The page has no variant {key}.", "Open the page again.", key=variant)
    return found
