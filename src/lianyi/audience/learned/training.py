"""From a workspace and an outcome to a model that says how good it is.

|── what was known ──| trained_at |── outcome ──| tested_at |── outcome ──| now
                      learn                      test                      score
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lianyi.audience.learned import fitting, leaks, measuring
from lianyi.audience.learned.columns import Column, Ints, Numbers, earliest, side_by_side
from lianyi.audience.learned.features import Past, Plan
from lianyi.audience.learned.measuring import Truths
from lianyi.audience.learned.outcomes import names_in, people_with, plain
from lianyi.audience.learned.schemas import Floats, Leak, Learned, Report
from lianyi.kernel.clock import DAY
from lianyi.kernel.errors import Refused
from lianyi.people.columns.parts import bits_of
from lianyi.rules.happening import properties_of
from lianyi.rules.nodes import Rule
from lianyi.rules.person import Happening, Moment

LEAST_OUTCOMES = 200  # in the part that is learned from, and as many people without it
LEAST_TESTED = 100  # outcomes in the part that is tested
MOST_PEOPLE = 200_000  # at each cut-off, drawn by lot
STEPS = 6
_BETTER_THAN_A_COIN = 0.53
_AT_ONCE = 100_000  # people who are scored


class _Sample(NamedTuple):
    """People at a cut-off, ascending, whether each has the outcome afterwards, and when those who do did it first."""

    cut: int
    persons: Ints
    outcome: Truths
    when: tuple[Ints, Ints]


def learn(workspace: int, outcome: Rule, days: int, now: int, advance: Callable[[], object] = bool) -> Learned:
    """Learns, tests and scores. `advance` hears of each of STEPS steps. Refuses when there is too little to learn from,
    and says what is missing.
    """
    past = Past(workspace)
    advance()
    early, late = (_sample(past, outcome, now - times * days * DAY, days) for times in (2, 1))
    _refuse_too_little(early, late, days)
    advance()
    plan = past.plan(early.cut)
    columns = past.columns(plan, early.cut)
    table = side_by_side(columns, early.persons)
    advance()
    dropped = _leaks(past, plan, columns, table, early, outcome)
    leaking = {leak.feature for leak in dropped}
    kept = np.array([column.feature not in leaking for column in columns]) & _varies(table)
    if not kept.any():
        raise Refused("learned.nothing", "Nothing is known of these people that differs.", "Record more about them.")
    table, columns = fitting.pick(table, columns, kept)
    fitted = fitting.fit(table, early.outcome)
    advance()
    test = side_by_side(past.columns(plan, late.cut), late.persons)[:, kept]
    report, level = _tested(fitted, columns, test, early, late, tuple(dropped))
    advance()
    persons, likely = np.empty(0, np.int64), np.empty(0)
    if report.useful:
        persons = past.known_at(now)
        whole = [one for one, stays in zip(past.columns(plan, now), kept, strict=True) if stays]
        likely = _scored(persons, whole, lambda some: level(fitted.raw(some)))
    advance()
    return Learned(report, persons, likely)


def _sample(past: Past, outcome: Rule, cut: int, days: int) -> _Sample:
    persons = past.known_at(cut)
    if len(persons) > MOST_PEOPLE:
        persons = np.sort(np.random.default_rng(0).choice(persons, MOST_PEOPLE, replace=False))
    end = cut + days * DAY
    done = past.behaviour.done(names_in(outcome), cut, end, whole=not plain(outcome))
    owner = past.owners(done.identities)
    asked = np.isin(owner, persons)
    first, rows = earliest(owner[asked], done.at[asked])
    at = done.at[asked][rows]
    if plain(outcome):
        had = bits_of(first)
    else:
        by_person: dict[int, list[Happening]] = {}
        for place in np.flatnonzero(asked).tolist():
            properties = properties_of(done.raws[place].encode())
            happening = Happening(done.names[place], int(done.at[place]), properties)
            by_person.setdefault(int(owner[place]), []).append(happening)
        had = people_with(outcome, by_person, bits_of(persons), Moment(end, past.zone))
    those = np.array(had, np.int64)
    with_time = np.isin(first, those)
    return _Sample(cut, persons, np.isin(persons, those), (first[with_time], at[with_time]))


def _refuse_too_little(early: _Sample, late: _Sample, days: int) -> None:
    outcomes, others = int(early.outcome.sum()), int((~early.outcome).sum())
    if min(outcomes, others) < LEAST_OUTCOMES:
        raise Refused(
            "learned.few",
            "Of {people} people known {ago} days ago, {outcomes} had the outcome in the {days} days after; it takes "
            "{least} who had it and {least} who had not.",
            "Wait for more, or choose a more frequent outcome or more days.",
            people=len(early.persons),
            ago=2 * days,
            outcomes=outcomes,
            days=days,
            least=LEAST_OUTCOMES,
        )
    tested = int(late.outcome.sum())
    if min(tested, len(late.outcome) - tested) < LEAST_TESTED:
        raise Refused(
            "learned.few_tested",
            "In the last {days} days {outcomes} people had the outcome; a test takes {least} who had it and {least} "
            "who had not.",
            "Wait for more, or choose a more frequent outcome or more days.",
            outcomes=tested,
            days=days,
            least=LEAST_TESTED,
        )


def _leaks(past: Past, plan: Plan, columns: list[Column], table: Numbers, early: _Sample, outcome: Rule) -> list[Leak]:
    own = names_in(outcome)  # what somebody did before for the first time is no leak of doing it again
    firsts = (one for one in past.firsts(plan) if not (one[0].kind == "event" and one[0].name in own))
    found = leaks.later(firsts, *early.when)
    known = {leak.feature for leak in found}
    return [*found, *(one for one in leaks.alone(columns, table, early.outcome) if one.feature not in known)]


def _varies(table: Numbers) -> Truths:
    """Whether a column has two values; being missing is one."""
    known = ~np.isnan(table)
    low, high = np.where(known, table, np.inf).min(0), np.where(known, table, -np.inf).max(0)
    varied: Truths = (low < high) | (known.any(0) & ~known.all(0))
    return varied


def _tested(
    fitted: fitting.Fitted,
    columns: list[Column],
    table: Numbers,
    early: _Sample,
    late: _Sample,
    dropped: tuple[Leak, ...],
) -> tuple[Report, Callable[[Floats], Floats]]:
    """What the model is worth among people at the later cut-off: by one half its probabilities are levelled, the other
    is measured, and none is in both. The halves have as many outcomes each.
    """
    chance = np.random.default_rng(1)
    order = chance.permutation(len(late.persons))
    order = order[np.argsort(late.outcome[order], kind="stable")]
    levelling, measured = order[::2], order[1::2]
    said = fitted.raw(table)
    level = fitting.level(said[levelling], late.outcome[levelling])
    likely, truth = level(said[measured]), late.outcome[measured]
    area = measuring.auc(said[measured], truth)
    low, high = measuring.auc_bounds(area, int(truth.sum()), int((~truth).sum()))
    report = Report(
        method=fitted.method,
        trained_at=early.cut,
        tested_at=late.cut,
        learned=len(early.persons),
        learned_outcomes=int(early.outcome.sum()),
        tested=len(late.persons),
        tested_outcomes=int(late.outcome.sum()),
        features=len({column.feature for column in columns}),
        auc=area,
        auc_from=low,
        auc_to=high,
        useful=low > _BETTER_THAN_A_COIN,
        curve=measuring.curve(likely, truth),
        reasons=fitting.reasons(fitted, columns, table[measured], truth),
        leaks=dropped,
    )
    return report, level


def _scored(persons: Ints, columns: list[Column], say: Callable[[Numbers], Floats]) -> Floats:
    parts = [persons[start : start + _AT_ONCE] for start in range(0, len(persons), _AT_ONCE)]
    return np.concatenate([np.empty(0), *(say(side_by_side(columns, some)) for some in parts)])
