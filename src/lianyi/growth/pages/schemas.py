"""The definition of a page. No Django here: the edge shows it.

The JSON of a definition is what is stored, what the API takes and what the editor edits; `reading.read` refuses what
means nothing. What was published stays as it is under its number.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

import msgspec

from lianyi.growth.pages.blocks import Block, Cta, Form, Hero, Key, Option, Picture, Video
from lianyi.growth.words import Language, Words

MOST_BLOCKS = 40
MOST_VARIANTS = 4  # beside the page itself
MOST_BYTES = 64_000  # of a definition's JSON
BASE = "a"  # the variant that the page itself is
SLUG = r"^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$"

Weight = Annotated[int, msgspec.Meta(ge=0, le=1_000)]


class Seo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What search engines and previews in chats are told. Where a title is missing it is that of the first block."""

    title: Words = Words()
    description: Words = Words()
    picture: Picture | None = None
    hidden: bool = False  # from search engines
    canonical: Annotated[str, msgspec.Meta(max_length=2_000)] = ""  # where it is not the page's own address


class Theme(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """How it looks. Of the accent colour as much is taken as stays readable."""

    accent: Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-f]{6}$")] = "#0f6b8f"
    light: Literal["auto", "day", "night"] = "auto"
    brand: Words = Words()  # above the page, and behind its title
    logo: Picture | None = None


class Variant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The page with other blocks in the place of those of the same key, and without some."""

    key: Annotated[str, msgspec.Meta(pattern=r"^[b-z]$")]
    name: Annotated[str, msgspec.Meta(max_length=60)] = ""
    weight: Weight = 1
    blocks: Annotated[tuple[Block, ...], msgspec.Meta(max_length=MOST_BLOCKS)] = ()
    without: Annotated[tuple[Key, ...], msgspec.Meta(max_length=MOST_BLOCKS)] = ()


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A page. `languages` are those that it is offered in, the first to whoever reads none of them; `campaign` a
    campaign's key; `weight` that of the page itself among its variants.
    """

    blocks: Annotated[tuple[Block, ...], msgspec.Meta(max_length=MOST_BLOCKS)] = ()
    languages: Annotated[tuple[Language, ...], msgspec.Meta(min_length=1, max_length=2)] = ("zh",)
    seo: Seo = Seo()
    theme: Theme = Theme()
    campaign: Annotated[str, msgspec.Meta(max_length=200)] = ""
    weight: Weight = 1
    variants: Annotated[tuple[Variant, ...], msgspec.Meta(max_length=MOST_VARIANTS)] = ()

    def shown(self, variant: str = BASE) -> tuple[Block, ...]:
        """The blocks of a variant, in order; those of the page itself where there is none of that key."""
        found = next((one for one in self.variants if one.key == variant), None)
        if found is None:
            return self.blocks
        instead = {block.key: block for block in found.blocks}
        return tuple(instead.get(block.key, block) for block in self.blocks if block.key not in found.without)

    def arms(self) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The keys of all variants with the page itself, and their weights."""
        some = [(BASE, self.weight), *((one.key, one.weight) for one in self.variants)]
        return tuple(key for key, _ in some), tuple(weight for _, weight in some)

    def every_block(self) -> Iterator[Block]:
        """The page's blocks and those of its variants."""
        yield from self.blocks
        for variant in self.variants:
            yield from variant.blocks

    def segments(self) -> frozenset[int]:
        """The segments that its options are for."""
        return frozenset(one.segment for block in self.every_block() for one in options_of(block) if one.segment)


def options_of(block: Block) -> tuple[Option, ...]:
    """The options among which a block chooses."""
    return block.options if isinstance(block, Hero | Cta) else ()


def forms_of(blocks: Iterable[Block]) -> list[int]:
    """The numbers of the forms among blocks, each once."""
    return list(dict.fromkeys(block.form for block in blocks if isinstance(block, Form)))


def media_of(definition: Definition) -> frozenset[int]:
    """The numbers of the pictures and videos that the page and its variants name."""
    return frozenset(_media_in(definition))


def _media_in(value: object) -> Iterator[int]:
    if isinstance(value, Picture | Video) and value.media is not None:
        yield value.media
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _media_in(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _media_in(one)


encode = msgspec.json.Encoder(order="deterministic").encode
