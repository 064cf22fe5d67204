"""What happens at a gathering as the events that it becomes. No Django here: the edge records them.

The id of each follows from what it is about, so that the same said twice is the same event and counts once: a
registration's from the page's issue, a cancellation's and a check-in's from the registration.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from lianyi.events.intake.own import OwnEvent
from lianyi.growth.forms.guarding import Issue
from lianyi.growth.forms.schemas import Submission
from lianyi.kernel.ids import digest

_PROOF_CHARACTERS = 1_900

Who = Sequence[tuple[str, str, str, bool]]


class Filled(NamedTuple):
    """Which gathering was registered for, and under which circumstances."""

    gathering: int
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
    origin = f"gathering:{filled.gathering}"
    said: dict[str, Any] = {
        "gathering": filled.gathering,
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
    for one in submission.consents:
        if not one.channel or not one.purpose:
            continue
        number = digest("consent", issue.event_id, one.field, one.purpose).hex()
        where = f"gathering {filled.slug}, version {issue.version}, {filled.stands_for}"
        proof = f"{one.wording[:_PROOF_CHARACTERS]}\n[{where}]"
        given = {"channel": one.channel, "purpose": one.purpose, "how": "gathering", "proof": proof}
        events.append(OwnEvent(number, "consent.given", filled.at, who, origin, None, given, None, filled.machine))
    return events


def cancelled(gathering: int, registration: bytes, who: Who, origin: str, at: int) -> OwnEvent:
    """Whoever registered does not come after all."""
    return _about("gathering.cancelled", gathering, registration, who, origin, at, {})


def checked_in(gathering: int, registration: bytes, who: Who, origin: str, at: int, way: str) -> OwnEvent:
    """Whoever registered is there; `way`: scan, code, list."""
    return _about("gathering.checked_in", gathering, registration, who, origin, at, {"way": way})


def missed(gathering: int, registration: bytes, who: Who, at: int) -> OwnEvent:
    """Whoever had a seat did not come."""
    return _about("gathering.missed", gathering, registration, who, "system", at, {})


def resized(gathering: int, seats: int | None, origin: str, at: int, number: int) -> OwnEvent:
    """So many seats; `number` tells one change from another."""
    event = digest("gathering.resized", str(gathering), str(number), str(at)).hex()
    return OwnEvent(event, "gathering.resized", at, [], origin, None, {"gathering": gathering, "seats": seats})


def _about(
    name: str, gathering: int, registration: bytes, who: Who, origin: str, at: int, more: dict[str, Any]
) -> OwnEvent:
    said = {"gathering": gathering, "registration": registration.hex(), **more}
    return OwnEvent(digest(name, registration).hex(), name, at, list(who), origin, None, said)
