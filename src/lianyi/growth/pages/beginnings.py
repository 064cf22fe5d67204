"""What a new page may begin as: four that a marketing team needs most. No Django here.

Their words are there to be replaced: numbers and voices are the brand's own matter, so none is invented here.
"""

from pathlib import Path

from lianyi.growth.beginning import Template, text_of
from lianyi.growth.pages.reading import read
from lianyi.growth.pages.schemas import Definition, options_of
from lianyi.kernel.sentences import Sentence

_FILES = Path(__file__).parent / "templates"
_NOWHERE = "https://example.com/"  # where their buttons lead until somebody says where to
_DAY = "DAY"  # stands in a file for when what ends by itself ends
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


def leads_nowhere(definition: Definition) -> bool:
    """Whether a button of the page leads where the template's did, which is nowhere."""
    options = (one for block in definition.blocks for one in options_of(block))
    return any(one.target == _NOWHERE for one in options)


def begun(key: str, day: str) -> Definition:
    """The definition of the template of this key; what ends by itself ends on `day` (YYYY-MM-DD). Refuses a key of
    none.
    """
    return read(text_of(TEMPLATES, key, _FILES, "page.template").replace(f"{_DAY}T", f"{day}T"))
