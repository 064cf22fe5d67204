"""What a look at one thing found."""

from dataclasses import dataclass
from enum import Enum


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
    sentence: str
    next_step: str = ""


def well(name: str, sentence: str) -> Finding:
    """Nothing to do."""
    return Finding(name, State.WELL, sentence)


def note(name: str, sentence: str, next_step: str = "") -> Finding:
    """It works, and there is something to know."""
    return Finding(name, State.NOTE, sentence, next_step)


def bad(name: str, sentence: str, next_step: str) -> Finding:
    """It does not work as it should."""
    return Finding(name, State.BAD, sentence, next_step)
