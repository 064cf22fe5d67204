"""A share pack, in and out."""

from collections.abc import Sequence
from typing import NamedTuple

from lianyi.kernel.errors import Refused
from lianyi.links.drafts import LinkLine

MOST_TEXTS = 20
LONGEST_TEXT = 2_000
HERE = "{link}"  # in a text: the address of the holder's first link


class Holder(NamedTuple):
    """Whose links are meant, as links name them; either part may be empty, not both."""

    kind: str  # of links.schemas.HOLDERS
    name: str


class Pack(NamedTuple):
    """What all holders of a campaign get. Moments are microseconds."""

    campaign: int
    workspace: int
    texts: tuple[str, ...]
    ranking: bool  # whether they see where they stand
    created_at: int


class HolderLine(NamedTuple):
    """A holder with their links, archived ones included, the first made first."""

    holder: Holder
    links: tuple[LinkLine, ...]
    serial: int
    hidden: bool

    @property
    def in_use(self) -> tuple[LinkLine, ...]:
        """The links that lead on."""
        return tuple(one for one in self.links if one.link.archived_at is None)


def checked_texts(texts: Sequence[str]) -> tuple[str, ...]:
    """The texts without empty ones. Refuses too many, and too long ones."""
    told = tuple(text.replace("\r\n", "\n").strip() for text in texts if text.strip())
    if len(told) > MOST_TEXTS or any(len(text) > LONGEST_TEXT or "\x00" in text for text in told):
        raise Refused(
            "pack.texts", "A share pack has {most} texts at most, of {longest:,} characters at most.", "Shorten them.",
            most=MOST_TEXTS, longest=LONGEST_TEXT,
        )  # fmt: skip
    return told
