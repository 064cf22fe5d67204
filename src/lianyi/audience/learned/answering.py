"""Answers to the leaf of a rule about the likelihood: what the chosen model says of people, as long as it says it.

Nobody has a likelihood of whom the model says nothing: they were not there when it was learned, or no model is chosen.
"""

from math import inf

import numpy as np
from pyroaring import BitMap

from lianyi.audience.learned.models import LearnedModel
from lianyi.audience.learned.scores import Scores, scores_of
from lianyi.people.columns import names
from lianyi.people.columns.parts import bits_of, numbers
from lianyi.people.columns.queries import Columns
from lianyi.people.identity.queries import epoch_of
from lianyi.rules.nodes import Score

_MOST_KEPT = 8  # workspaces whose scores a process keeps, at 10 MB for a million people
_kept: dict[int, tuple[str, Scores]] = {}


def stamp_of(workspace: int) -> str:
    """What changes whenever likelihoods do: which model is chosen, and when it said what it says. Empty without one."""
    found = (
        LearnedModel.objects.filter(workspace=workspace, chosen=True, learnedscores__isnull=False)
        .values_list("pk", "learnedscores__made_at")
        .first()
    )
    return "" if found is None else f"{found[0]}.{found[1]}"


class LikelihoodAnswers:
    """The likelihoods of one workspace as they stand at the first question."""

    def __init__(self, workspace: int) -> None:
        self._workspace = workspace

    def answer(self, leaf: Score, within: BitMap | None) -> BitMap:
        """The people whose likelihood is between the leaf's bounds; with `within`, those of them."""
        scores = _scores(self._workspace)
        column = Columns(self._workspace).column(names.PERSON)
        if scores is None or column is None or not len(scores.persons):
            return BitMap()
        persons, values = scores.persons, scores.scores
        if within is not None:
            some = numbers(within).astype(np.int64)
            place = np.minimum(np.searchsorted(persons, some), len(persons) - 1)
            place = place[persons[place] == some]
            persons, values = persons[place], values[place]
        least = -inf if leaf.at_least is None else leaf.at_least
        most = inf if leaf.at_most is None else leaf.at_most
        # Who was made one with somebody else since is nobody any more.
        return bits_of(persons[(values >= least) & (values <= most)]) & column.people


def likelihood_of(workspace: int, person: int) -> float | None:
    """The likelihood of one person (0 to 100); None of whom nothing is said."""
    scores = _scores(workspace)
    if scores is None:
        return None
    place = int(np.searchsorted(scores.persons, person))
    there = place < len(scores.persons) and scores.persons[place] == person
    return float(scores.scores[place]) if there else None


def _scores(workspace: int) -> Scores | None:
    stamp = stamp_of(workspace)
    if not stamp:
        return None
    key = f"{stamp}.{epoch_of(workspace)}"  # who was erased is in no memory either
    known = _kept.get(workspace)
    if known is None or known[0] != key:
        found = scores_of(workspace, int(stamp.partition(".")[0]))
        if found is None:
            return None
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        known = _kept[workspace] = (key, found)
    return known[1]
