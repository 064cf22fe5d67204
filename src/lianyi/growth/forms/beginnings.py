"""What a new form may begin as: those that a marketing team needs most, and an empty one. No Django here.

Their words are there to be replaced. A consent line is never ticked beforehand.
"""

from pathlib import Path

from lianyi.growth.beginning import Template, text_of
from lianyi.growth.forms.definitions import read
from lianyi.growth.forms.schemas import Definition
from lianyi.kernel.sentences import Sentence

_FILES = Path(__file__).parent / "templates"
TEMPLATES = (
    Template("trial", Sentence("A trial"), Sentence("Name, phone, city, what somebody wishes for, a consent.")),
    Template("gathering", Sentence("Registration"), Sentence("Name, phone, how many come, and what they need.")),
    Template("download", Sentence("A download"), Sentence("Name, e-mail, company and role, a consent.")),
    Template("contact", Sentence("A question"), Sentence("Whoever asks something leaves how to answer them.")),
    Template("empty", Sentence("Empty"), Sentence("Nothing is asked yet.")),
)


def begun(key: str) -> Definition:
    """The definition of the template of this key. Refuses a key of none."""
    return read(text_of(TEMPLATES, key, _FILES, "form.template"))
