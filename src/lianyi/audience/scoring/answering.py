"""Answers to the leaves of a rule about scores: how high, which grade, which state, at the moment of the question."""

from math import inf

import numpy as np
from pyroaring import BitMap

from lianyi.audience.scoring.arithmetic import Mask, bar
from lianyi.audience.scoring.definitions import Known
from lianyi.audience.scoring.schemas import GRADES, MOST, Settings
from lianyi.people.columns import names
from lianyi.people.columns.parts import Values
from lianyi.people.columns.queries import Columns
from lianyi.rules.nodes import Graded, Score, State, Warm

_known = Known()


class ScoreAnswers:
    """The scores of one workspace at the moment `now` (µs). Where nobody took settings, and before people are scored
    for the first time, all scores are 0.
    """

    def __init__(self, workspace: int, now: int) -> None:
        self._now = now
        self._columns = Columns(workspace)
        definition = _known.of(workspace)
        self._settings = None if definition is None else definition.current

    def answer(self, leaf: Score | Graded | Warm, within: BitMap | None) -> BitMap:
        """The people for whom the leaf holds; with `within`, those of them."""
        match leaf:
            case Score():
                least = -inf if leaf.at_least is None else leaf.at_least
                most = inf if leaf.at_most is None else leaf.at_most
                return self._between(leaf.axis, least, most, within)
            case Graded():
                places = [GRADES.index(one) for one in leaf.one_of]
                return self._graded(leaf.axis, places, within)
            case Warm():
                return self._warm(leaf.one_of, within)

    def moved_by_time(self, leaf: Score | Graded | Warm, since: int, until: int) -> BitMap:
        """The people for whom the answer may have changed from `since` to `until` (µs): whose engagement has passed a
        bound of the leaf.
        """
        settings = self._settings
        if settings is None or (isinstance(leaf, Score | Graded) and leaf.axis != "engagement"):
            return BitMap()
        if isinstance(leaf, Score):
            stated = (leaf.at_least, leaf.at_most)
            bounds = [one for one in stated if one is not None and 0 < one <= MOST]
        else:
            bounds = list(settings.engagement_grades.least)
        found = self.passing(bounds, since, until)
        return found | self.pauses_ending(since, until) if isinstance(leaf, Warm) else found

    def pauses_ending(self, since: int, until: int) -> BitMap:
        """The people whose pause ends between two moments."""
        column = self._columns.column(names.PAUSED)
        low, high = sorted((since, until))
        return BitMap() if column is None else column.ending(low, high)

    def passing(self, bounds: list[float], since: int, until: int) -> BitMap:
        """The people whose engagement has passed one of these scores between two moments."""
        column, settings = self._columns.column(names.ENGAGEMENT), self._settings
        if column is None or settings is None:
            return BitMap()
        low, high = sorted((since, until))
        spans = [(bar(one, low, settings.half_life), bar(one, high, settings.half_life)) for one in bounds]

        def passed(values: Values) -> Mask:
            found = np.zeros(len(values), np.bool_)
            for first, last in spans:
                found |= (values.plain >= first) & (values.plain <= last)
            return found

        return column.where(passed, None, column.people)

    def _between(self, axis: str, least: float, most: float, within: BitMap | None) -> BitMap:
        if least > MOST or most < 0 or least > most:
            return BitMap()
        found = self._every(within) if least <= 0 else self._at_least(axis, least, within)
        return found if most >= MOST else found - self._more_than(axis, most, found)

    def _graded(self, axis: str, places: list[int], within: BitMap | None) -> BitMap:
        settings = self._settings
        if settings is None:
            return self._every(within) if len(GRADES) - 1 in places else BitMap()
        least = (settings.fit_grades if axis == "fit" else settings.engagement_grades).least
        found = BitMap()
        for place in places:
            some = self._every(within) if place == len(least) else self._at_least(axis, least[place], within)
            found |= some if place == 0 else some - self._at_least(axis, least[place - 1], some)
        return found

    def _warm(self, wanted: tuple[State, ...], within: BitMap | None) -> BitMap:
        settings = self._settings
        if settings is None:
            rest = Settings.model_fields["matrix"].default[-1]
            return self._every(within) if rest in wanted else BitMap()
        found = self._by_matrix(settings, wanted, within)
        column = self._columns.column(names.PAUSED)
        paused = BitMap() if column is None else column.later_than(self._now, within)
        if not paused or ("hot" in wanted) == ("nurture" in wanted):
            return found
        hot = self._by_matrix(settings, ("hot",), paused)
        return found | hot if "nurture" in wanted else found - hot

    def _by_matrix(self, settings: Settings, wanted: tuple[State, ...], within: BitMap | None) -> BitMap:
        """Whom fit and engagement alone make one of these."""
        found = BitMap()
        for row in range(len(GRADES)):
            places = [at for at in range(len(GRADES)) if settings.matrix[row * len(GRADES) + at] in wanted]
            if places:
                found |= self._graded("engagement", places, self._graded("fit", [row], within))
        return found

    def _at_least(self, axis: str, score: float, within: BitMap | None) -> BitMap:
        """`score` is above 0."""
        return self._reaching(axis, score, within, also=True)

    def _more_than(self, axis: str, score: float, within: BitMap | None) -> BitMap:
        return self._reaching(axis, score, within, also=False)

    def _reaching(self, axis: str, score: float, within: BitMap | None, *, also: bool) -> BitMap:
        column = self._columns.column(names.FIT if axis == "fit" else names.ENGAGEMENT)
        settings = self._settings
        if column is None or settings is None:
            return BitMap()
        if axis == "fit":
            limit = score
        else:
            limit = bar(score, self._now, settings.half_life) if score > 0 else -inf

        def reaching(values: Values) -> Mask:
            return np.asarray(values.plain >= limit if also else values.plain > limit)

        if axis == "engagement":  # never asked again: time goes on
            return column.where(reaching, None, column.people if within is None else within)
        return column.where(reaching, ("score", also, limit), within)

    def _every(self, within: BitMap | None) -> BitMap:
        column = self._columns.column(names.PERSON)
        if column is None:
            return BitMap()
        return column.people if within is None else column.people & within
