"""How far a task with many people is."""

from typing import NamedTuple


class Tagging(NamedTuple):
    """A task: `done` of about `about` people."""

    number: int
    dimension: str
    tag: str
    taking: bool
    done: int
    about: int
    finished: bool
    stopped: bool
