"""What happens at a gathering as the events that it becomes. No Django here: the edge records them.

The id of each follows from what it is about, so that the same said twice is the same event and counts once: a
registration's from the page's issue, a cancellation's and a check-in's from the registration; a check-in that was
undone makes a round, and each round has ids of its own.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from lianyi.events.intake.own import OwnEvent
from lianyi.growth.forms.guarding import Issue
from lianyi.growth.forms.recording import consents
from lianyi.growth.forms.schemas import Submission
from lianyi.growth.gatherings.schemas import Definition
from lianyi.kernel.ids import digest

Who = Sequence[tuple[str, str, str, bool]]


class About(NamedTuple):
    """Which gathering it is, also as people read of it later: its title, and when it begins by its own clock."""

    gathering: int
    title: str
    starts: str

    @property
    def said(self) -> dict[str, Any]:
        """As properties of an event."""
        return self._asdict()


def about(gathering: int, definition: Definition) -> About:
    """What events say of a gathering."""
    title = " ".join(definition.title.told(definition.language).split())
    return About(gathering, title, definition.starts)


class Filled(NamedTuple):
    """Which gathering was registered for, and under which circumstances."""

    about: About
    slug: str
    stands_for: str  # the digest of its version
    at: int  # µs
    who: Who  # the browser
    machine: bool = False


def issue_name(gathering: int) -> str:
    """What the issue of a gathering's page says it is of."""
    return f"gathering:{gathering}"


def registered(issue: Issue, submission: Submission, filled: Filled) -> list[OwnEvent]:
    """The registration, and a consent for each line that was agreed to."""
    who = [*submission.claims, *filled.who]
    origin = f"gathering:{filled.about.gathering}"
    said: dict[str, Any] = {
        **filled.about.said,
        "slug": filled.slug,
        "version": issue.version,
        "language": issue.language,
        "answers": submission.answers,
    }
    agreed = {one.field: one.wording for one in submission.consents}
    if agreed:
        said["agreed"] = agreed
    events = [
        OwnEvent(
            issue.event_id, "gathering.registered", filled.at, who, origin, submission.traits or None, said,
            issue.source, filled.machine,
        )
    ]  # fmt: skip
    proof = f"[gathering {filled.slug}, version {issue.version}, {filled.stands_for}]"
    blank = OwnEvent("", "consent.given", filled.at, who, origin, machine=filled.machine)
    return events + consents(submission.consents, issue.event_id, "gathering", proof, blank)


def cancelled(gathering: About, registration: bytes, who: Who, origin: str, at: int) -> OwnEvent:
    """Whoever registered does not come after all."""
    return _of("gathering.cancelled", gathering, registration, who, origin, at)


def checked_in(
    gathering: About, registration: bytes, who: Who, origin: str, at: int, way: str, turn: int = 0
) -> OwnEvent:
    """Whoever registered is there; `way`: scan, code, list. `turn`: how often a check-in of them was undone before."""
    return _of("gathering.checked_in", gathering, registration, who, origin, at, turn, way=way)


def check_in_undone(
    gathering: About, registration: bytes, who: Who, origin: str, at: int, turn: int, came_at: int
) -> OwnEvent:
    """Whoever was checked in at this turn and moment (µs) is not there."""
    return _of("gathering.check_in_undone", gathering, registration, who, origin, at, turn, came_at=came_at)


def missed(gathering: About, registration: bytes, who: Who, at: int) -> OwnEvent:
    """Whoever had a seat did not come."""
    return _of("gathering.missed", gathering, registration, who, "system", at)


def resized(gathering: int, seats: int | None, origin: str, at: int, number: int) -> OwnEvent:
    """So many seats; `number` tells one change from another."""
    event = digest("gathering.resized", str(gathering), str(number), str(at)).hex()
    return OwnEvent(event, "gathering.resized", at, [], origin, None, {"gathering": gathering, "seats": seats})


def _of(
    name: str, gathering: About, registration: bytes, who: Who, origin: str, at: int, turn: int = 0, **more: Any
) -> OwnEvent:
    said = {**gathering.said, "registration": registration.hex(), **more}
    number = digest(name, registration, str(turn)) if turn else digest(name, registration)
    return OwnEvent(number.hex(), name, at, list(who), origin, None, said)
