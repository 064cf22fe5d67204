"""Fit: the points of the rules that hold for people."""

from collections.abc import Iterable, Sequence

import numpy as np
from pyroaring import BitMap

from lianyi.audience.scoring.arithmetic import fits
from lianyi.audience.scoring.schemas import FitRule
from lianyi.people.columns.answering import ColumnAnswers, Known
from lianyi.people.columns.parts import Kind, Part, numbers, part
from lianyi.rules.answering import Answers
from lianyi.rules.compiling import compile
from lianyi.rules.needing import Needs, leaves, moved_by_time, needs
from lianyi.rules.nodes import AnyOf, Leaf


class Profile:
    """What profiles say at the moment `now` (µs), to rules that ask for nothing else."""

    def __init__(self, workspace: int, now: int) -> None:
        self._columns = ColumnAnswers(workspace, now)

    def everybody(self) -> BitMap:
        """All people."""
        return self._columns.everybody()

    def answer(self, leaf: Leaf, within: BitMap | None) -> BitMap:
        """The people for whom the leaf holds; with `within`, those of them."""
        return self._columns.answer(_known(leaf), within)

    def moved_by_time(self, leaf: Leaf, since: int, until: int) -> BitMap:
        """The people for whom time alone may have changed the answer."""
        return self._columns.moved_by_time(_known(leaf), since, until)


def _known(leaf: Leaf) -> Known:
    if not isinstance(leaf, Known):
        raise TypeError(f"{leaf.kind} is not in the profile")
    return leaf


def fit_of(rules: Sequence[FitRule], answers: Answers, about: BitMap | None) -> Part:
    """Who fits at all, and how much; with `about`, of these people."""
    every = answers.everybody()
    people = numbers(every if about is None else about & every)
    points = np.zeros(len(people), np.int64)
    for one in rules:
        found = compile(one.rule, answers, about) & every
        points[np.searchsorted(people, numbers(found))] += one.points
    fit = fits(points)
    some = np.flatnonzero(fit)
    return part(Kind.NUMBER, people[some], fit[some])


def needs_of(rules: Sequence[FitRule]) -> Needs | None:
    """Everything that the rules ask for; None without rules."""
    return needs(AnyOf.model_construct(rules=tuple(one.rule for one in rules))) if rules else None


def moved(rules: Iterable[FitRule], answers: Answers, since: int, until: int) -> BitMap:
    """The people whose fit the passing of time may have changed."""
    found = BitMap()
    for leaf in {leaf for one in rules for leaf in leaves(one.rule) if moved_by_time(leaf)}:
        found |= answers.moved_by_time(leaf, since, until)
    return found
