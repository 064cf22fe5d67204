"""The projector `scoring`: whom a batch told something that fit rules ask for, and who did something that counts, is
scored anew.

Scores are a function of what is known now and not of how it came about, so a rebuild scores everybody; the history of
who became what is a record and stays.
"""

from pyroaring import BitMap

from lianyi.audience.behaviour.answering import BehaviourAnswers
from lianyi.audience.moving import moves_in
from lianyi.audience.news import news_of
from lianyi.audience.scoring import storing, upkeep
from lianyi.audience.scoring.definitions import Known
from lianyi.audience.scoring.engaging import strength_of
from lianyi.audience.scoring.fitting import Profile, fit_of
from lianyi.audience.scoring.schemas import Cause
from lianyi.events.schemas import Batch
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.rules.needing import Needs
from lianyi.rules.person import Moment


class ScoringProjector:
    """Keeps scores right as events come; comes after the columns, and before whoever asks for scores."""

    name = "scoring"

    def __init__(self) -> None:
        self._known = Known()
        self._fingerprinted_at: dict[int, int] = {}

    def project(self, batch: Batch) -> None:
        """Applies a batch that all projectors before this one have applied, in the caller's transaction."""
        workspace = batch.workspace
        definition = self._known.of(workspace)
        if definition is None or definition.due:
            return
        settings, moves = definition.settings, moves_in(workspace, batch.number)
        news = news_of(batch, definition.version)
        now = max(batch.events[-1].received_at, definition.asked_at)
        profile = Profile(workspace, now)
        every = profile.everybody

        def told(needs: Needs | None) -> BitMap:
            people = BitMap() if needs is None else news.people(needs)
            return ((every() if people is None else people) | moves.people) - moves.gone

        refit, engaged = told(definition.fit), told(definition.doing)
        if refit or engaged or moves.gone:
            behaviour = BehaviourAnswers(workspace, Moment(now, zone_of(workspace)), live=True, fresh=[batch.whole])
            found = storing.News(
                fit_of(settings.fit, profile, refit),
                refit,
                strength_of(settings, behaviour, zone_of(workspace), engaged),
                engaged,
                moves=moves,
            )
            storing.write(workspace, settings, found, now=now, cause=Cause.FACTS, batch=batch.number)
        if news.version != definition.version:
            storing.asked_about(workspace, news.version)

    def forget(self, workspace: int) -> None:
        """Nothing: scores are not said by batches, and the history of changes is a record."""

    def rebuild(self, workspace: int) -> None:
        """Scores everybody anew, at the moment of the last fingerprint."""
        at = self._fingerprinted_at.get(workspace, to_micros(system_clock()))
        upkeep.score_anew(workspace, at)
        self._fingerprinted_at[workspace] = at

    def fingerprint(self, workspace: int) -> dict[str, str]:
        """A digest of the scores, at first after the passing of time up to now was looked at."""
        if workspace not in self._fingerprinted_at:
            self._fingerprinted_at[workspace] = upkeep.look_at_time(workspace, to_micros(system_clock()))
        return storing.fingerprint(workspace)
