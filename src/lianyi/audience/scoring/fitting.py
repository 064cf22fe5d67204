"""Fit: the points of the rules that hold for people."""

from collections.abc import Iterable, Sequence

import numpy as np
from pyroaring import BitMap

from lianyi.audience.scoring.arithmetic import fits
from lianyi.audience.scoring.schemas import FitRule
from lianyi.people.columns.parts import Kind, Part, numbers, part
from lianyi.rules.answering import Answers
from lianyi.rules.compiling import compile
from lianyi.rules.needing import Needs, leaves, moved_by_time, needs
from lianyi.rules.nodes import AnyOf


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
