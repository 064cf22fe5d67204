"""Scores in the database: a bitmap of persons and a number for each, from 0 to 100 with two decimals."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from lianyi.audience.learned.models import LearnedScores
from lianyi.audience.learned.schemas import Floats, Ints
from lianyi.kernel.bitmaps import from_bytes, to_bytes
from lianyi.people.columns.parts import bits_of

_STORED = np.dtype("<u2")
_STEPS = 100  # to a percent


class Scores(NamedTuple):
    """Persons, ascending, the score of each (0 to 100), and when a model gave them (µs)."""

    persons: Ints
    scores: Floats
    made_at: int


def keep_scores(workspace: int, model: int, persons: Ints, likely: Floats, now: int) -> None:
    """Puts these in the place of what the model said before; `likely` are probabilities."""
    stored = np.rint(np.clip(likely, 0, 1) * 100 * _STEPS).astype(_STORED)
    LearnedScores.objects.update_or_create(
        model_id=model,
        defaults={
            "workspace": workspace,
            "made_at": now,
            "persons": to_bytes(bits_of(persons)),
            "scores": stored.tobytes(),
        },
    )


def scores_of(workspace: int, model: int) -> Scores | None:
    """What the model said last; None where it says nothing."""
    row = LearnedScores.objects.filter(workspace=workspace, model_id=model).first()
    if row is None:
        return None
    persons = np.array(from_bytes(bytes(row.persons)), np.int64)
    return Scores(persons, np.frombuffer(bytes(row.scores), _STORED) / _STEPS, row.made_at)


def forget_people(workspace: int, numbers: Sequence[int]) -> dict[str, int]:
    """Takes these out of every model's scores; how many models had any."""
    changed = 0
    for row in LearnedScores.objects.select_for_update().filter(workspace=workspace).order_by("pk"):
        persons = from_bytes(bytes(row.persons))
        gone = persons & BitMap(numbers)
        if gone:
            kept = ~np.isin(np.array(persons, np.int64), np.array(gone, np.int64))
            row.scores = np.frombuffer(bytes(row.scores), _STORED)[kept].tobytes()
            row.persons = to_bytes(persons - gone)
            row.save(update_fields=["persons", "scores"])
            changed += 1
    return {"learned_scores": changed}
