"""The facts that rules ask for, each answered by the room that owns it."""

from collections.abc import Iterable

from pyroaring import BitMap

from lianyi.audience.behaviour.answering import BehaviourAnswers
from lianyi.audience.behaviour.schemas import Spec, specs_of
from lianyi.audience.behaviour.store import store_of
from lianyi.audience.learned.answering import LikelihoodAnswers
from lianyi.audience.scoring.answering import ScoreAnswers
from lianyi.events.schemas import Batch
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.kernel.errors import Refused
from lianyi.people.columns.answering import ColumnAnswers, Known
from lianyi.rules.nodes import Behaviour, InSegment, Leaf, Score
from lianyi.rules.person import Moment


class Facts:
    """The facts of one workspace at the moment `now` (µs).

    `leaves` are those that will be asked, as far as they are known. `live` says that they will be asked again and again
    about few people; `fresh` is a batch that the caller's transaction is about to commit.
    """

    def __init__(
        self, workspace: int, now: int, leaves: Iterable[Leaf] = (), *, live: bool = False, fresh: Batch | None = None
    ) -> None:
        self._profile = ColumnAnswers(workspace, now)
        self._scores = ScoreAnswers(workspace, now)
        self._likelihoods = LikelihoodAnswers(workspace)
        self._behaviour = BehaviourAnswers(
            workspace,
            Moment(now, zone_of(workspace)),
            [leaf for leaf in leaves if isinstance(leaf, Behaviour)],
            live=live,
            fresh=[] if fresh is None else [fresh],
        )

    @staticmethod
    def prepare(workspace: int, leaves: Iterable[Leaf]) -> None:
        """Has at hand what these leaves will ask about a few people."""
        store_of(workspace).prepare(_specs(leaves))

    @staticmethod
    def follow(leaves: Iterable[Leaf], batch: Batch) -> None:
        """Has what is at hand take in a batch of which they ask nothing, and that the caller is about to commit."""
        store_of(batch.workspace).follow(_specs(leaves), [batch])

    def everybody(self) -> BitMap:
        """All people."""
        return self._profile.everybody()

    def answer(self, leaf: Leaf, within: BitMap | None) -> BitMap:
        """The people for whom the leaf holds; with `within`, those of them."""
        if isinstance(leaf, Known):
            return self._profile.answer(leaf, within)
        if isinstance(leaf, Behaviour):
            return self._behaviour.answer(leaf, within)
        if isinstance(leaf, InSegment):
            raise _unanswered(leaf)
        if isinstance(leaf, Score) and leaf.axis == "likelihood":
            return self._likelihoods.answer(leaf, within)
        return self._scores.answer(leaf, within)

    def moved_by_time(self, leaf: Leaf, since: int, until: int) -> BitMap:
        """The people for whom time alone may have changed the answer."""
        if isinstance(leaf, Known):
            return self._profile.moved_by_time(leaf, since, until)
        if isinstance(leaf, Behaviour):
            return self._behaviour.moved_by_time(leaf, since, until)
        if isinstance(leaf, InSegment):
            raise _unanswered(leaf)
        if isinstance(leaf, Score) and leaf.axis == "likelihood":
            return BitMap()  # a model says it of the days after it was learned
        return self._scores.moved_by_time(leaf, since, until)


def _specs(leaves: Iterable[Leaf]) -> list[Spec]:
    return [spec for leaf in leaves if isinstance(leaf, Behaviour) for spec in specs_of(leaf)]


def _unanswered(leaf: Leaf) -> Refused:
    return Refused("rule.unanswered", "Nothing answers {kind!r} here.", "Leave it out of the rule.", kind=leaf.kind)
