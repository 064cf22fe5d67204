"""Who answers the leaves about behaviour of one workspace at one moment."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from lianyi.audience.behaviour.judging import judge
from lianyi.audience.behaviour.queries import Tail, everybody_who, waiting
from lianyi.audience.behaviour.reading import MOST, of_identities
from lianyi.audience.behaviour.runs import gathered
from lianyi.audience.behaviour.schemas import Ints, Numbers, Rows, Spec, specs_of
from lianyi.audience.behaviour.store import Reach, Runs, reach, store_of
from lianyi.events.schemas import Batch
from lianyi.kernel.arrays import distinct
from lianyi.people.columns.parts import bits_of, numbers
from lianyi.people.identity.queries import last_number, moved_among, moved_map
from lianyi.people.identity.tail import one_moment
from lianyi.rules.nodes import Behaviour
from lianyi.rules.person import Moment
from lianyi.rules.spans import span_of

_NOTHING = Rows(np.zeros(0, np.uint32), np.zeros(0, np.int64), np.zeros(0, np.float64))
FEW = 20_000  # people up to whom their own occurrences are looked up; more are everybody
QUESTIONS = 4  # up to so many patterns about everybody, the lake is asked about each


class _Known(NamedTuple):
    """People whose identities were looked up."""

    people: BitMap
    identities: Numbers
    whose: Numbers


class BehaviourAnswers:
    """The leaves about behaviour, all answered as of the same people.

    With `live` a few people are answered from what is kept in memory of all occurrences; `leaves` are those that will
    be asked, of which what is not there yet is then made in one pass. `fresh` are batches with their numbers that the
    caller's transaction is about to commit; they count, and are kept for later questions when it commits.
    """

    def __init__(
        self,
        workspace: int,
        moment: Moment,
        leaves: Sequence[Behaviour] = (),
        *,
        live: bool = False,
        fresh: Sequence[Batch] = (),
    ) -> None:
        self._workspace = workspace
        self._moment = moment
        self._live = live
        self._fresh = fresh
        self._store = store_of(workspace)
        self._seen: dict[Spec, Runs] = {}
        self._known = _Known(BitMap(), _NOTHING.who, _NOTHING.who)
        self._planned = list(dict.fromkeys(spec for leaf in leaves for spec in specs_of(leaf)))

    def answer(self, leaf: Behaviour, within: BitMap | None = None) -> BitMap:
        """The people for whom the leaf holds; with `within`, those of them."""
        if within is not None and not within:
            return BitMap()
        specs = specs_of(leaf)
        with one_moment():
            if not self._by_occurrences(specs, within):
                found = bits_of(np.sort(self._ask_lake(leaf)))
                return found if within is None else found & within
            runs = self._runs(specs)
            if within is not None and len(within) <= FEW:
                people = numbers(within)
                return self._judged(leaf, self._of_people(runs, people))
            found = self._judged(leaf, [self._of_everybody(some) for some in runs])
        return found if within is None else found & within

    def happened(self, specs: Sequence[Spec], within: BitMap | None = None) -> list[Rows]:
        """What happened of each pattern, to whom (persons) and when, in any order; with `within`, to these. What is not
        kept is read for one person alone, unless it is to be kept.
        """
        with one_moment():
            if within is not None and len(within) == 1 and not (self._live or self._fresh or self._store.has(specs)):
                identities, whose = self._identities(numbers(within))
                if len(identities) <= MOST:
                    found = of_identities(self._workspace, specs, identities, self._reach)
                    return [rows._replace(who=whose[np.searchsorted(identities, rows.who)]) for rows in found]
            runs = self._runs(specs)
            if within is not None and len(within) <= FEW:
                return self._of_people(runs, numbers(within))
            found = [self._of_everybody(some) for some in runs]
        if within is None:
            return found
        people = numbers(within)
        return [rows.some(np.isin(rows.who, people)) for rows in found]

    def moved_by_time(self, leaf: Behaviour, since: int, until: int) -> BitMap:
        """The people for whom the answer may have changed from `since` to `until` (µs) by the passing of time alone:
        those with an event that a bound of the leaf's span has passed.
        """
        before = span_of(leaf, self._moment._replace(now=since))
        after = span_of(leaf, self._moment._replace(now=until))
        crossed = [sorted(pair) for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
        if not crossed:
            return BitMap()
        with one_moment():
            runs = self._runs(specs_of(leaf)[:1])[0]
            who = np.concatenate(
                [np.zeros(0, np.uint32), *(run.who_between(low, high) for low, high in crossed for run in runs)]
            )
            return bits_of(self._persons(distinct(who)))

    def _by_occurrences(self, specs: Sequence[Spec], within: BitMap | None) -> bool:
        """Whether they are there, or worth making: for a few people asked about again and again, and for much that is
        to be asked about everybody. The lake does not have what is not committed.
        """
        if self._fresh or self._store.has(specs):
            return True
        if within is not None and len(within) <= FEW:
            return self._live
        return self._live and len(self._store.missing(self._planned)) > QUESTIONS

    def _runs(self, specs: Sequence[Spec]) -> list[Runs]:
        if any(spec not in self._seen for spec in specs):
            planned = self._planned if self._live else []
            asked = [spec for spec in dict.fromkeys([*planned, *specs]) if spec not in self._seen]
            self._seen.update(self._store.runs(asked, self._fresh))
        return [self._seen[spec] for spec in specs]

    def _judged(self, leaf: Behaviour, rows: Sequence[Rows]) -> BitMap:
        then = rows[1] if len(rows) > 1 else None
        return bits_of(judge(leaf, rows[0], then, span_of(leaf, self._moment)))

    def _of_people(self, runs: Sequence[Runs], people: Numbers) -> list[Rows]:
        """What happened to a few people."""
        identities, whose = self._identities(people)
        found = []
        for some in runs:
            parts = []
            for run in some:
                rows, places = run.of_identities(identities)
                parts.append(Rows(whose[places], rows.at, rows.value))
            found.append(gathered(parts) if parts else _NOTHING)
        return found

    def _identities(self, people: Numbers) -> tuple[Numbers, Numbers]:
        """Their identities, ascending, and whose each is. Of people who were asked about before they are known."""
        wanted = bits_of(people)
        if not wanted <= self._known.people:
            parts, persons = moved_among(self._workspace, people.astype(np.int64))
            theirs = np.isin(persons, people)
            itself = people[~np.isin(people, parts)]
            identities = np.concatenate([itself, parts[theirs].astype(np.uint32)])
            order = np.argsort(identities)
            whose = np.concatenate([itself, persons[theirs].astype(np.uint32)])
            self._known = _Known(wanted, identities[order], whose[order])
        known = self._known
        if len(wanted) == len(known.people):
            return known.identities, known.whose
        some = np.isin(known.whose, people)
        return known.identities[some], known.whose[some]

    def _of_everybody(self, runs: Runs) -> Rows:
        """What happened to everybody. An identity that was given after this question began is nobody yet."""
        if not runs:
            return _NOTHING
        rows = gathered(run.rows for run in runs)
        inside = rows.who <= self._last
        if not inside.all():
            rows = rows.some(inside)
        who = self._person_of[rows.who]
        kept = who > 0
        theirs = Rows(who, rows.at, rows.value)
        return theirs if kept.all() else theirs.some(kept)

    def _persons(self, identities: Numbers) -> Numbers:
        persons = self._person_of[identities[identities <= self._last]]
        return distinct(persons[persons > 0])

    def _ask_lake(self, leaf: Behaviour) -> Numbers:
        return everybody_who(self._workspace, leaf, self._moment, self._moved, self._reach, self._tail)

    @cached_property
    def _moved(self) -> tuple[Ints, Ints]:
        return moved_map(self._workspace)

    @cached_property
    def _reach(self) -> Reach:
        return reach(self._workspace)

    @cached_property
    def _tail(self) -> Tail:
        return waiting(self._workspace, self._reach)

    @cached_property
    def _last(self) -> int:
        return last_number(self._workspace)

    @cached_property
    def _person_of(self) -> Numbers:
        parts, persons = self._moved
        table = np.arange(self._last + 1, dtype=np.uint32)
        known = parts <= self._last
        table[parts[known]] = persons[known]
        return table
