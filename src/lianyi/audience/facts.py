"""The facts that rules ask for, each answered by the room that owns it; and whom a batch has told something of."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, assert_never

from pyroaring import BitMap

from lianyi.audience.behaviour.answering import BehaviourAnswers
from lianyi.audience.scoring.answering import ScoreAnswers
from lianyi.events.schemas import Batch
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.kernel.errors import Refused
from lianyi.people.columns import names
from lianyi.people.columns.answering import ColumnAnswers
from lianyi.people.columns.numbering import tag_number, trait_number
from lianyi.people.columns.queries import changed_since
from lianyi.people.identity import queries as identity
from lianyi.rules.needing import Needs
from lianyi.rules.nodes import (
    ANYTHING,
    Consented,
    Did,
    DidSum,
    DidThen,
    DidWhen,
    Graded,
    Identified,
    InSegment,
    Leaf,
    Score,
    Source,
    Stage,
    Tagged,
    Trait,
    Warm,
)
from lianyi.rules.person import Moment

_SCORES = {"fit": names.FIT, "engagement": names.ENGAGEMENT}
_TOUCHES = {"first": names.FIRST_SOURCE, "last": names.LAST_SOURCE, "any": names.SOURCES}


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
        self._behaviour = BehaviourAnswers(
            workspace,
            Moment(now, zone_of(workspace)),
            [leaf for leaf in leaves if isinstance(leaf, Did | DidWhen | DidSum | DidThen)],
            live=live,
            fresh=[] if fresh is None else [fresh],
        )

    def everybody(self) -> BitMap:
        """All people."""
        return self._profile.everybody()

    def answer(self, leaf: Leaf, within: BitMap | None) -> BitMap:
        """The people for whom the leaf holds; with `within`, those of them."""
        match leaf:
            case Trait() | Tagged() | Stage() | Consented() | Source() | Identified():
                return self._profile.answer(leaf, within)
            case Did() | DidWhen() | DidSum() | DidThen():
                return self._behaviour.answer(leaf, within)
            case Score(axis="likelihood") | InSegment():
                raise _unanswered(leaf)
            case Score() | Graded() | Warm():
                return self._scores.answer(leaf, within)
            case _:
                assert_never(leaf)

    def moved_by_time(self, leaf: Leaf, since: int, until: int) -> BitMap:
        """The people for whom time alone may have changed the answer."""
        match leaf:
            case Trait() | Tagged() | Stage() | Consented() | Source() | Identified():
                return self._profile.moved_by_time(leaf, since, until)
            case Did() | DidWhen() | DidSum() | DidThen():
                return self._behaviour.moved_by_time(leaf, since, until)
            case Score(axis="likelihood") | InSegment():
                raise _unanswered(leaf)
            case Score() | Graded() | Warm():
                return self._scores.moved_by_time(leaf, since, until)
            case _:
                assert_never(leaf)


class News(NamedTuple):
    """What a batch tells that the rooms of facts have applied, and with it all that columns were told since."""

    version: int  # of the columns, with the batch
    people: Callable[[Needs], BitMap | None]  # by needs, of whom a rule must be asked anew; None: it may be anybody


def news_of(batch: Batch, since: int) -> News:
    """The news of a batch; `since` is the version of the columns with the batch before it."""
    return _news(batch.workspace, since, _Did(batch))


def news_since(workspace: int, since: int) -> News:
    """What columns were told after a version, without any batch."""
    return _news(workspace, since, None)


def _news(workspace: int, since: int, did: "_Did | None") -> News:
    changes = changed_since(workspace, since)

    def people(needs: Needs) -> BitMap | None:
        found = BitMap() if did is None else did.people(needs.events)
        for column in _columns(workspace, needs):
            if column in changes.whole:
                return None
            found |= changes.people.get(column, BitMap())
        return found

    return News(changes.version, people)


class _Did:
    """Who did what in a batch."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._people: dict[frozenset[str], BitMap] = {}

    def people(self, events: frozenset[str]) -> BitMap:
        if not events:
            return BitMap()
        if events not in self._people:
            every = ANYTHING in events
            numbers = {
                number
                for event, number in zip(self._batch.events, self._batch.numbers, strict=True)
                if number and not event.machine and (every or event.name in events)
            }
            self._people[events] = BitMap(identity.persons_of(self._batch.workspace, numbers).values())
        return self._people[events].copy()


def _columns(workspace: int, needs: Needs) -> set[str]:
    """The columns that rules with these needs are answered from. That of everybody is one: who is new has no trait."""
    found = {names.PERSON, *(_TOUCHES[touch] for touch in needs.touches)}
    found |= {names.trait(n) for n in (trait_number(workspace, name) for name in needs.traits) if n is not None}
    tags = (tag_number(workspace, Tagged(tag=tag, dimension=dimension)) for dimension, tag in needs.tags)  # type: ignore[arg-type]
    found |= {names.tag(number) for number in tags if number is not None}
    found |= {names.consent(channel.lower(), purpose.lower()) for channel, purpose in needs.consents}
    found |= {names.identified(kind) for kind in needs.identities}
    found |= {_SCORES[axis] for axis in needs.scores if axis in _SCORES}
    return found | {names.STAGE} if needs.stage else found


def _unanswered(leaf: Leaf) -> Refused:
    return Refused("rule.unanswered", "Nothing answers {kind!r} here.", "Leave it out of the rule.", kind=leaf.kind)
