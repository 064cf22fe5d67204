"""What a new survey may begin as. Their words are there to be replaced. No Django here."""

from pathlib import Path
from typing import NamedTuple

from lianyi.growth.surveys.definitions import read
from lianyi.growth.surveys.schemas import Definition
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence

_FILES = Path(__file__).parent / "templates"


class Template(NamedTuple):
    """A survey to begin with."""

    key: str
    name: Sentence
    about: Sentence

    @property
    def survey(self) -> Definition:
        """Its definition."""
        return read((_FILES / f"{self.key}.json").read_text("utf-8"))


TEMPLATES = (
    Template(
        "satisfaction", Sentence("Satisfaction"), Sentence("Recommendation, why not, and what to do better: a minute.")
    ),
    Template("needs", Sentence("Needs"), Sentence("Who buys, where they hear of things, and what matters to them.")),
    Template("empty", Sentence("Empty"), Sentence("Nothing is asked yet.")),
)


def begun(key: str) -> Definition:
    """The definition of the template of this key. Refuses a key of none."""
    found = next((one for one in TEMPLATES if one.key == key), None)
    if found is None:
        keys = [one.key for one in TEMPLATES]
        raise Refused("survey.template", "There is no template {key!r}.", "Choose one of {keys}.", key=key, keys=keys)
    return found.survey
