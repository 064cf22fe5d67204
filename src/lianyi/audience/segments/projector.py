"""The projector `segments`: what a batch changed of people is asked of the live segments that need it.

Members are a function of what is known now and not of how it came about, so a rebuild asks everybody anew; the history
of changes is a record and stays.
"""

from pyroaring import BitMap

from lianyi.audience.facts import Facts
from lianyi.audience.moving import STILL, moves_in
from lianyi.audience.news import news_of
from lianyi.audience.segments import storing, upkeep
from lianyi.audience.segments.definitions import Known
from lianyi.audience.segments.evaluating import evaluate
from lianyi.audience.segments.schemas import Cause, State
from lianyi.audience.segments.storing import Memory
from lianyi.events.schemas import Batch
from lianyi.kernel.clock import system_clock, to_micros


class SegmentsProjector:
    """Keeps live segments right as events come; comes after everything that rules can ask for."""

    name = "segments"

    def __init__(self) -> None:
        self._known = Known()
        self._memory = Memory()
        self._fingerprinted_at: dict[int, int] = {}

    def project(self, batch: Batch) -> None:
        """Applies a batch that all projectors before this one have applied, in the caller's transaction."""
        workspace = batch.workspace
        definitions = self._known.of(workspace)
        if not definitions.every:
            return
        moves = moves_in(workspace, batch.number)
        news = news_of(batch, definitions.version)
        about = {one.number: news.people(one.needs) for one in definitions.live if one.state is State.CURRENT}
        told = any(people is None or people for people in about.values())
        if told or moves is not STILL:
            now = max(batch.events[-1].received_at, storing.latest_look(workspace))
            evaluate(
                workspace,
                definitions,
                self._memory,
                Facts(workspace, now, definitions.leaves, live=True, fresh=batch.whole),
                lambda live: about.get(live.number, BitMap()),
                cause=Cause.FACTS if told else Cause.IDENTITY,
                at=now,
                moves=moves,
            )
        else:
            Facts.follow(definitions.leaves, batch.whole)
        if news.version != definitions.version:
            storing.asked_about(workspace, news.version)  # last, as everybody holds the stamp

    def forget(self, workspace: int) -> None:
        """Nothing: who is a member is not said by batches, and the history of changes is a record."""

    def rebuild(self, workspace: int) -> None:
        """Asks every live segment about everybody anew, at the moment of the last fingerprint."""
        at = self._fingerprinted_at.get(workspace, to_micros(system_clock()))
        upkeep.ask_anew(workspace, at)
        self._fingerprinted_at[workspace] = at

    def fingerprint(self, workspace: int) -> dict[str, str]:
        """A digest of the members, at first after the passing of time up to now was looked at."""
        if workspace not in self._fingerprinted_at:
            self._fingerprinted_at[workspace] = upkeep.look_at_time(workspace, to_micros(system_clock()))
        return {"segment_members": storing.fingerprint(workspace)}
