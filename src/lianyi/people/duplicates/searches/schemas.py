"""What the doors get of a search."""

from typing import Literal, NamedTuple

from lianyi.kernel.errors import Refused


class Run(NamedTuple):
    """The search that was asked for last. `step` of `steps` are done; `waits`: nobody has begun it yet."""

    state: Literal["running", "done", "stopped", "failed"]
    step: int
    steps: int
    stopping: bool
    waits: bool
    asked_at: int  # µs
    finished_at: int | None  # µs
    actor: str
    problem: Refused | None
