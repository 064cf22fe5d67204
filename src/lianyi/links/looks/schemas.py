"""Saved looks, in and out."""

from typing import NamedTuple, TypeVar

import msgspec

from lianyi.kernel.errors import Refused
from lianyi.links.captions import USUAL
from lianyi.links.codes.layouts import Format, Layout, Sheet
from lianyi.links.codes.look import LEAST_QUIET, Correction, Look, Shape

_W = TypeVar("_W", Shape, Correction, Format)


class LookDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a look is to be. `logo` is the number of a picture of the media."""

    name: str = ""
    dark: str = "#000000"
    light: str = "#ffffff"
    quiet: int = LEAST_QUIET
    shape: str = Shape.SQUARE
    correction: str = Correction.MEDIUM
    logo: int | None = None
    caption: str = USUAL
    form: str = Sheet.LABELS_24
    paper: str = Format.A4
    size: float = 0.0
    usual: bool = False

    def look(self, logo: bytes) -> Look:
        """The same for drawing; `logo` is the content of the picture. Refuses words that are none."""
        return Look(
            self.dark, self.light, self.quiet, _word(Shape, self.shape), _word(Correction, self.correction), logo
        ).check()

    @property
    def layout(self) -> Layout:
        """How codes lie on paper. Refuses one that nobody could scan."""
        return Layout(self.form, _word(Format, self.paper), self.size).check()


PLAIN = LookDraft()  # where nobody has saved a usual one


class LookLine(NamedTuple):
    """A saved look."""

    id: int
    draft: LookDraft


def _word(known: type[_W], word: str) -> _W:
    try:
        return known(word)
    except ValueError:
        raise Refused("look.word", "{word!r} is none of {known}.", "Write one of them.",
                      word=word[:40], known=[one.value for one in known]) from None  # fmt: skip
