"""What is asked of a model, what it says of itself, and how far it is."""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.kernel.errors import Refused
from lianyi.rules.nodes import Rule

Kind = Literal["trait", "tag", "event", "stage", "source", "orders", "known_for"]
Method = Literal["regression", "boosting"]
State = Literal["running", "done", "stopped", "failed"]
MOST_DAYS = 365  # of an outcome
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Feature(NamedTuple):
    """One fact of people that a model may rest on. `name` is that of a trait, a tag or an event, or "first" and "last"
    for sources.
    """

    kind: Kind
    name: str = ""


class Reason(NamedTuple):
    """How much of the AUC is lost when this fact is mixed up among people. `detail` is the part of it that goes with
    the score most: a value, or a number of days; `more` whether more of it means a higher score.
    """

    feature: Feature
    detail: str
    lost: float
    more: bool


class Leak(NamedTuple):
    """A fact that was dropped: it becomes known "later" than the outcome for nearly everybody (`measure` is the share
    of them), or "alone" it tells nearly everybody apart (`measure` is the AUC), as only the outcome itself would.
    """

    feature: Feature
    why: Literal["later", "alone"]
    measure: float


class Bin(NamedTuple):
    """People to whom the model gave about the same probability: what it said on the average, the share of them for whom
    it came true, and how many they are.
    """

    said: float
    happened: float
    people: int


class Report(NamedTuple):
    """What a model says of itself. Cut-offs are µs; the numbers from `tested` on are of people at the later cut-off,
    one half of whom the probabilities were levelled by and the other half measured.
    """

    method: Method
    trained_at: int
    tested_at: int
    learned: int  # people at the earlier cut-off
    learned_outcomes: int
    tested: int
    tested_outcomes: int
    features: int
    auc: float  # 0.5 is a coin, 1 tells all apart
    auc_from: float  # between these two in 95 of 100 cases
    auc_to: float
    useful: bool  # whether it is surely better than a coin; if not it gives no scores
    curve: tuple[Bin, ...]
    reasons: tuple[Reason, ...]
    leaks: tuple[Leak, ...]


class Learned(NamedTuple):
    """The report, and of everybody known now, ascending, the probability; none where the model is not useful."""

    report: Report
    persons: Ints
    likely: Floats


class Model(NamedTuple):
    """A model as it stands. While it runs, `waits` says whether anybody has begun it."""

    id: int
    name: str
    outcome: Rule
    days: int
    state: State
    stopping: bool
    waits: bool
    step: int
    steps: int
    asked_at: int  # µs
    finished_at: int | None
    actor: str
    chosen: bool  # its scores are the people's likelihood
    report: Report | None
    problem: Refused | None
