"""What something new may begin as: definitions that lie in files, by their keys. No Django here."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence


class Template(NamedTuple):
    """Something to begin with."""

    key: str
    name: Sentence
    about: Sentence


def text_of(templates: Sequence[Template], key: str, folder: Path, code: str) -> str:
    """The JSON of the template of this key, which lies in `folder`. Refuses a key of none, by `code`."""
    keys = [one.key for one in templates]
    if key not in keys:
        raise Refused(code, "There is no template {key!r}.", "Choose one of {keys}.", key=key, keys=keys)
    return (folder / f"{key}.json").read_text("utf-8")
