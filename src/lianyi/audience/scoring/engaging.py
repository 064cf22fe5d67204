"""Engagement: what people did that counts, and the strength that comes of it."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from pyroaring import BitMap

from lianyi.audience.behaviour.answering import BehaviourAnswers
from lianyi.audience.behaviour.judging import in_order
from lianyi.audience.behaviour.schemas import Rows, Spec
from lianyi.audience.scoring.arithmetic import Ints, first_of_each_day, local_days, strengths
from lianyi.audience.scoring.schemas import NEVER_COUNT, Settings, Weight
from lianyi.people.columns.parts import Kind, Part, part
from lianyi.rules.nodes import ANYTHING


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
    specs = list(dict.fromkeys(spec for weight in weights for spec in _specs(weight)))
    rows = dict(zip(specs, behaviour.happened(specs, about), strict=True)) if specs else {}
    found = []
    for weight in weights:
        counted, *never = (rows[spec] for spec in _specs(weight))
        who, at = _without(counted, never)
        if weight.most_a_day is None:
            counts = np.ones(len(who), np.bool_)
        else:
            who, at = in_order(who, at)
            counts = first_of_each_day(who, local_days(at, zone), weight.most_a_day)
        found.append(Done(weight, who, at, counts))
    return found


def _specs(weight: Weight) -> tuple[Spec, ...]:
    """The events that count, and those among them that never do."""
    never = sorted(NEVER_COUNT) if weight.event == ANYTHING else []
    return tuple(Spec(name, weight.where) for name in (weight.event, *never))


def _without(rows: Rows, never: Sequence[Rows]) -> tuple[Ints, Ints]:
    """The rows but for as many of the same person and moment as there are in the others."""
    who, at = rows.who.astype(np.int64), rows.at
    left = Counter(pair for other in never for pair in zip(other.who.tolist(), other.at.tolist(), strict=True))
    if not left:
        return who, at
    near = np.flatnonzero(np.isin(who, [who for who, _ in left]) & np.isin(at, [at for _, at in left]))
    kept = np.ones(len(who), np.bool_)
    for place in near.tolist():
        pair = (int(who[place]), int(at[place]))
        if left[pair] > 0:
            left[pair] -= 1
            kept[place] = False
    return who[kept], at[kept]
