"""What a look at one thing found."""

from dataclasses import dataclass
from enum import Enum

from lianyi.kernel.sentences import Sentence, sentence_of


class State(Enum):
    """Well; worth knowing; needs somebody."""

    WELL = "well"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """`name` is stable. `next_step` is empty unless somebody can do something."""

    name: str
    state: State
    sentence: Sentence
    next_step: Sentence


def well(name: str, sentence: str, /, **values: object) -> Finding:
    """Nothing to do."""
    return _finding(name, State.WELL, sentence, "", values)


def note(name: str, sentence: str | Sentence, next_step: str | Sentence = "", /, **values: object) -> Finding:
    """It works, and there is something to know."""
    return _finding(name, State.NOTE, sentence, next_step, values)


def bad(name: str, sentence: str | Sentence, next_step: str | Sentence, /, **values: object) -> Finding:
    """It does not work as it should."""
    return _finding(name, State.BAD, sentence, next_step, values)


def _finding(
    name: str, state: State, sentence: str | Sentence, next_step: str | Sentence, values: dict[str, object]
) -> Finding:
    return Finding(name, state, sentence_of(sentence, values), sentence_of(next_step, values))
