"""Engagement: what people did that counts, and the strength that comes of it."""

from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from pyroaring import BitMap

from lianyi.audience.behaviour.answering import BehaviourAnswers
from lianyi.audience.behaviour.judging import in_order
from lianyi.audience.behaviour.schemas import Spec
from lianyi.audience.scoring.arithmetic import Ints, first_of_each_day, strengths
from lianyi.audience.scoring.schemas import Settings, Weight
from lianyi.people.columns.days import local_days
from lianyi.people.columns.parts import Kind, Part, part


class Done(NamedTuple):
    """What happened that a weight names, by person and time; which of it counts, the others being over the day's
    most.
    """

    weight: Weight
    who: Ints
    at: Ints
    counts: np.ndarray


def strength_of(settings: Settings, behaviour: BehaviourAnswers, zone: ZoneInfo, about: BitMap | None) -> Part:
    """Who did anything that counts, and the strength of each; with `about`, of these people."""
    done = done_by(settings.weights, behaviour, zone, about)
    who = np.concatenate([np.zeros(0, np.int64), *(one.who[one.counts] for one in done)])
    at = np.concatenate([np.zeros(0, np.int64), *(one.at[one.counts] for one in done)])
    points = np.repeat([float(one.weight.points) for one in done], [int(one.counts.sum()) for one in done])
    return part(Kind.NUMBER, *strengths(who, at, points, settings.half_life))


def done_by(weights: Sequence[Weight], behaviour: BehaviourAnswers, zone: ZoneInfo, about: BitMap | None) -> list[Done]:
    """What these people did, or everybody, by weight."""
    specs = list(dict.fromkeys(Spec(weight.event, weight.where) for weight in weights))
    rows = dict(zip(specs, behaviour.happened(specs, about), strict=True)) if specs else {}
    found = []
    for weight in weights:
        happened = rows[Spec(weight.event, weight.where)]
        who, at = happened.who.astype(np.int64), happened.at
        if weight.most_a_day is None:
            counts = np.ones(len(who), np.bool_)
        else:
            who, at = in_order(who, at)
            counts = first_of_each_day(who, local_days(at, zone), weight.most_a_day)
        found.append(Done(weight, who, at, counts))
    return found
