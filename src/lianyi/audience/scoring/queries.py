"""Reads of scores: the settings, how many people stand where, and why somebody has the score they have."""

from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from lianyi.audience.behaviour.answering import BehaviourAnswers
from lianyi.audience.scoring.arithmetic import at_rest, engagement_grades, engagements, fit_grades, meant
from lianyi.audience.scoring.defaults import BUYING, DEFAULTS, IMPORTED
from lianyi.audience.scoring.definitions import read_settings
from lianyi.audience.scoring.engaging import Done, done_by
from lianyi.audience.scoring.fitting import Profile
from lianyi.audience.scoring.models import ScoringRow
from lianyi.audience.scoring.reading import Rated, rated
from lianyi.audience.scoring.schemas import GRADES, MOST, STATES, FitRule, Settings, Standing, Weight
from lianyi.events.catalogue.queries import seen_types
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.kernel.clock import DAY
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.people.columns.parts import bits_of
from lianyi.people.identity.queries import person_exists
from lianyi.rules.compiling import compile
from lianyi.rules.nodes import Rule, State
from lianyi.rules.person import Moment


class Scoring(NamedTuple):
    """How a workspace scores. Where nobody `took` any settings they are those that are offered, and nobody is scored;
    while everybody is scored anew by them, they are `due`, and scores are by the `current` ones: null before the first.
    """

    settings: Settings
    taken: bool
    due: bool
    edition: int
    current: Settings | None


class Counts(NamedTuple):
    """How many people have each pair of `grades`: by fit from A to D, and in each row by engagement from A to D; and
    how many are in each of the `states`, which is what the pairs mean but for whom a pause holds back.
    """

    grades: tuple[tuple[int, ...], ...]
    states: dict[State, int]


class NotScored(Refused):
    """Nobody has scores yet."""

    def __init__(self) -> None:
        super().__init__("scoring.none", Sentence("Nobody is scored yet."), Sentence("Take settings of scores first."))


class Held(NamedTuple):
    """A fit rule, and whether it holds for the person."""

    rule: FitRule
    holds: bool


class Counted(NamedTuple):
    """An event that a weight names: what is left of its points at the moment, 0 where it was over the day's most."""

    weight: Weight
    at: int  # µs
    left: float
    over: bool


class Why(NamedTuple):
    """Why somebody stands where they do. `newest` are the newest events that a weight names, `others` how many more
    there are and what they come to; `sum` is the engagement before it is cut at 100.
    """

    standing: Standing
    fit: tuple[Held, ...]
    points: int  # of the rules that hold, before they are cut to 0 to 100
    newest: tuple[Counted, ...]
    others: int
    others_left: float
    sum: float
    half_life: int  # days


def ready(workspace: int) -> Settings:
    """The settings that are offered, by how the workspace hears of orders."""
    imported = {weight.event for weight in IMPORTED}
    told = seen_types(workspace, {*BUYING, *imported})
    return (
        DEFAULTS.model_copy(update={"weights": (*DEFAULTS.weights, *IMPORTED)})
        if told and told <= imported
        else DEFAULTS
    )


def scoring(workspace: int) -> Scoring:
    """How the workspace scores."""
    row = ScoringRow.objects.filter(workspace=workspace).first()
    if row is None:
        return Scoring(ready(workspace), taken=False, due=False, edition=0, current=None)
    current = None if row.current is None else read_settings(row.current)
    return Scoring(read_settings(row.settings), taken=True, due=row.due, edition=row.edition, current=current)


def standing(workspace: int, person: int, now: int) -> Standing | None:
    """Where a person stands at the moment (µs); None where nobody is scored. Refuses an unknown person."""
    settings = _current(workspace, person)
    return None if settings is None else _standings(rated(workspace, BitMap([person])), settings, now)[0]


def standings(workspace: int, people: BitMap, now: int) -> dict[int, Standing]:
    """Where these people stand at the moment (µs); of nobody where nobody is scored."""
    settings = _settings(workspace)
    if settings is None:
        return {}
    found = rated(workspace, people)
    return dict(zip(found.people.tolist(), _standings(found, settings, now), strict=True))


def counts(workspace: int, now: int) -> Counts:
    """How many people stand where at the moment (µs)."""
    settings = _settings(workspace)
    found, by_state = np.zeros(len(GRADES) ** 2, np.int64), np.zeros(len(STATES), np.int64)
    if settings is not None:
        have = rated(workspace, Profile(workspace, now).everybody())
        rows, columns = _grades(have, settings, now)
        found += np.bincount(rows * len(GRADES) + columns, minlength=len(found))
        state = at_rest(meant(rows, columns, settings), have.until, now)
        by_state += np.bincount(state, minlength=len(by_state))
    grades = tuple(tuple(int(one) for one in row) for row in found.reshape(len(GRADES), -1))
    return Counts(grades, dict(zip(STATES, map(int, by_state), strict=True)))


def people_in(workspace: int, state: str, now: int, within: BitMap | None = None) -> BitMap:
    """The people who are in this state at the moment (µs), as `counts` counts them; of those of `within`. Of nobody
    where nobody is scored.
    """
    settings = _settings(workspace)
    everybody = Profile(workspace, now).everybody()
    some = everybody if within is None else everybody & within
    if settings is None or state not in STATES or not some:
        return BitMap()
    have = rated(workspace, some)
    found = at_rest(meant(*_grades(have, settings, now), settings), have.until, now)
    return bits_of(have.people[found == STATES.index(state)])


def fitting(workspace: int, rule: Rule, now: int) -> int:
    """For how many people a rule of fit holds at the moment (µs)."""
    return len(compile(rule, Profile(workspace, now)))


def why(workspace: int, person: int, now: int, *, limit: int = 50) -> Why | None:
    """Why a person stands where they do at the moment (µs), with the `limit` newest events that weights name. None
    where nobody is scored; refuses an unknown person.
    """
    settings = _current(workspace, person)
    if settings is None:
        return None
    alone = BitMap([person])
    profile = Profile(workspace, now)
    fit = tuple(Held(one, bool(compile(one.rule, profile, alone))) for one in settings.fit)
    zone = zone_of(workspace)
    done = done_by(settings.weights, BehaviourAnswers(workspace, Moment(now, zone)), zone, alone)
    counted = sorted((one for some in done for one in _counted(some, settings, now)), key=lambda one: -one.at)
    return Why(
        standing=_standings(rated(workspace, alone), settings, now)[0],
        fit=fit,
        points=sum(one.rule.points for one in fit if one.holds),
        newest=tuple(counted[:limit]),
        others=len(counted[limit:]),
        others_left=sum(one.left for one in counted[limit:]),
        sum=sum(one.left for one in counted),
        half_life=settings.half_life,
    )


def _counted(done: Done, settings: Settings, now: int) -> list[Counted]:
    left = np.exp2((done.at - now) / (settings.half_life * DAY)) * done.weight.points
    return [
        Counted(done.weight, at, float(one) if counts else 0.0, not counts)
        for at, one, counts in zip(done.at.tolist(), left, done.counts.tolist(), strict=True)
    ]


def _standings(have: Rated, settings: Settings, now: int) -> list[Standing]:
    rows, columns = _grades(have, settings, now)
    by_scores = meant(rows, columns, settings)
    state = at_rest(by_scores, have.until, now)
    paused = np.where(state != by_scores, have.until, 0)
    engagement = engagements(have.strength, now, settings.half_life)
    return [
        Standing(min(fit, MOST), shown, GRADES[row], GRADES[column], STATES[place], until or None)
        for fit, shown, row, column, place, until in zip(
            have.fit.tolist(),
            engagement.tolist(),
            rows.tolist(),
            columns.tolist(),
            state.tolist(),
            paused.tolist(),
            strict=True,
        )
    ]


def _grades(have: Rated, settings: Settings, now: int) -> tuple[np.ndarray, np.ndarray]:
    return (
        fit_grades(have.fit, settings.fit_grades),
        engagement_grades(have.strength, settings.engagement_grades, now, settings.half_life),
    )


def _current(workspace: int, person: int) -> Settings | None:
    if not person_exists(workspace, person):
        raise Refused("people.unknown", "There is no person {person} here.", "Look them up again.", person=person)
    return _settings(workspace)


def _settings(workspace: int) -> Settings | None:
    row = ScoringRow.objects.filter(workspace=workspace).first()
    return None if row is None or row.current is None else read_settings(row.current)
