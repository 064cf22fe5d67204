"""What a page has around it when it is drawn: its address, its pictures, and what its buttons chose. No Django here."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lianyi.growth.pages.blocks import Option


class Shot(NamedTuple):
    """A picture as a browser fetches it, and the same in other widths."""

    src: str
    width: int
    height: int
    others: tuple[tuple[str, int], ...] = ()  # address, width


@dataclass(frozen=True)
class Place:
    """Where a page is shown. What a block needs and has not got, such as a picture that is gone, is left out."""

    site: str  # https://example.com, without a path
    path: str  # /p/SLUG
    write_key: str = ""  # a public one of the workspace, by which its tracker measures; "" for no tracker
    pictures: Mapping[int, Shot] = field(default_factory=dict)
    videos: Mapping[int, str] = field(default_factory=dict)
    forms: Mapping[int, str] = field(default_factory=dict)  # what stands in a page for a form, as HTML
    scripts: tuple[str, ...] = ()  # of those forms
    counted: bool = True  # buttons lead by the counter; not so in a preview
    counter: str = ""  # what the address of the counter ends with: of a block on a website, whose visitor it is

    @property
    def address(self) -> str:
        """The page's own."""
        return self.site + self.path


Chosen = Mapping[str, str]  # the key of a block, and of the option that it shows


def choice(options: Sequence[Option], inside: Container[int]) -> Option | None:
    """The first option that is for everybody, or for the people of a segment that the visitor is inside of."""
    return next((one for one in options if one.segment is None or one.segment in inside), None)
