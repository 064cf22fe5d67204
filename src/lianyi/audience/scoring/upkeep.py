"""What keeps scores right beside the pipeline: everybody is scored when the settings are new, and time passes.

Each piece holds the pipeline of its workspace still while it asks and writes, so that no batch comes in between.
"""

from django.db import transaction
from pyroaring import BitMap

from lianyi.audience.behaviour.answering import BehaviourAnswers
from lianyi.audience.scoring import storing
from lianyi.audience.scoring.answering import ScoreAnswers
from lianyi.audience.scoring.definitions import Definition, Known
from lianyi.audience.scoring.engaging import strength_of
from lianyi.audience.scoring.fitting import Profile, fit_of, moved
from lianyi.audience.scoring.schemas import Cause
from lianyi.audience.scoring.storing import News
from lianyi.events.log.actions import lock
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.people.columns import names
from lianyi.people.columns.parts import Kind, nothing
from lianyi.people.columns.queries import loaded, unmade, version_of
from lianyi.rules.person import Moment

_known = Known()


@transaction.atomic
def build(workspace: int, now: int) -> bool:
    """Scores everybody where the settings are new, or somebody was erased; whether that was so."""
    definition = _known.of(workspace)
    if definition is None or not definition.due or unmade(workspace):
        return False
    _hold(workspace)
    definition = _known.of(workspace)
    if definition is None or not definition.due:
        return False
    # What batches said since somebody was erased is told; what other settings say is not.
    cause = Cause.FACTS if definition.settings == definition.current else None
    _score_everybody(workspace, definition, max(now, definition.asked_at), cause)
    return True


@transaction.atomic
def look_at_time(workspace: int, now: int) -> int:
    """Looks at whom the passing of time up to `now` (µs) may have made something else; the moment up to which that is
    looked at, which is later than `now` when somebody has looked later.
    """
    if _known.of(workspace) is None:
        return now
    _hold(workspace)
    definition = _known.of(workspace)
    if definition is None or definition.due:
        return now
    settings, since = definition.settings, definition.asked_at
    now = max(now, since)
    profile = Profile(workspace, now)
    refit = moved(settings.fit, profile, since, now)
    answers = ScoreAnswers(workspace, now)
    looked = answers.passing(list(settings.engagement_grades.least), since, now) | answers.pauses_ending(since, now)
    if refit or looked:
        fit = fit_of(settings.fit, profile, refit)
        news = News(fit, refit, nothing(Kind.NUMBER), BitMap(), looked)
        storing.write(workspace, settings, news, now=now, cause=Cause.TIME)
    storing.looked_at(workspace, now)
    return now


@transaction.atomic
def score_anew(workspace: int, now: int) -> None:
    """Scores everybody as if nothing were known."""
    _hold(workspace)
    definition = _known.of(workspace)
    if definition is not None and not definition.due:
        _score_everybody(workspace, definition, now, None)


def _score_everybody(workspace: int, definition: Definition, now: int, cause: Cause | None) -> None:
    settings, zone = definition.settings, zone_of(workspace)
    version = version_of(workspace)
    profile = Profile(workspace, now)
    behaviour = BehaviourAnswers(workspace, Moment(now, zone), live=True)
    scored = BitMap().union(*_scored(workspace))
    every = profile.everybody() | scored
    fit, strength = fit_of(settings.fit, profile, None), strength_of(settings, behaviour, zone, None)
    news = News(fit, every, strength, every, silent=every - scored)
    storing.write(workspace, settings, news, now=now, cause=cause)
    storing.asked_about(workspace, version)
    storing.looked_at(workspace, now)
    storing.settled(workspace)


def _scored(workspace: int) -> list[BitMap]:
    """Who has a score, were it only by a mistake."""
    columns = loaded(workspace, (names.FIT, names.ENGAGEMENT, names.STATE))
    return [column.people for column in columns.values() if column is not None]


def _hold(workspace: int) -> None:
    lock(workspace, "identity")
