"""What a new page may begin as: four that a marketing team needs most. No Django here.

Their words are there to be replaced: numbers and voices are the brand's own matter, so none is invented here.
"""

from pathlib import Path
from typing import NamedTuple

from lianyi.growth.pages.reading import read
from lianyi.growth.pages.schemas import Definition
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence

_FILES = Path(__file__).parent / "templates"
_DAY = "DAY"  # stands in a file for when what ends by itself ends


class Template(NamedTuple):
    """A page to begin with."""

    key: str
    name: Sentence
    about: Sentence

    def page(self, day: str) -> Definition:
        """Its definition; what ends by itself ends on `day` (YYYY-MM-DD)."""
        return read((_FILES / f"{self.key}.json").read_text("utf-8").replace(f"{_DAY}T", f"{day}T"))


TEMPLATES = (
    Template(
        "gathering",
        Sentence("Registration for an event"),
        Sentence("What one learns there, for whom it is, until when places are to be had."),
    ),
    Template(
        "download",
        Sentence("A download for an address"),
        Sentence("What is in the file and what one gains by it."),
    ),
    Template(
        "trial",
        Sentence("A trial of something new"),
        Sentence("What is new about it, how the trial goes, until when one applies."),
    ),
    Template(
        "shop",
        Sentence("An event at the shop"),
        Sentence("What waits in the shop, when, and how one gets there."),
    ),
)


def begun(key: str, day: str) -> Definition:
    """The definition of the template of this key. Refuses a key of none."""
    found = next((one for one in TEMPLATES if one.key == key), None)
    if found is None:
        raise Refused(
            "page.template",
            "There is no template {key!r}.",
            "Choose one of {keys}.",
            key=key,
            keys=[one.key for one in TEMPLATES],
        )
    return found.page(day)
