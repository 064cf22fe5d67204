"""What a new survey may begin as. Their words are there to be replaced. No Django here."""

from pathlib import Path

from lianyi.growth.beginning import Template, text_of
from lianyi.growth.surveys.definitions import read
from lianyi.growth.surveys.schemas import Definition
from lianyi.kernel.sentences import Sentence

_FILES = Path(__file__).parent / "templates"
TEMPLATES = (
    Template(
        "satisfaction", Sentence("Satisfaction"), Sentence("Recommendation, why not, and what to do better: a minute.")
    ),
    Template("needs", Sentence("Needs"), Sentence("Who buys, where they hear of things, and what matters to them.")),
    Template("empty", Sentence("Empty"), Sentence("Nothing is asked yet.")),
)


def begun(key: str) -> Definition:
    """The definition of the template of this key. Refuses a key of none."""
    return read(text_of(TEMPLATES, key, _FILES, "survey.template"))
