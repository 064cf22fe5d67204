"""The try-out of the demo's campaign: who of those that scanned a code registered for it, had a seat, waited, came or
cancelled, and what those who came answered in the survey behind it.

It was in the spring of the shop's events, so nobody is mailed. Everything follows from the same numbers each time.
"""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from lianyi.assembly.demo.loading import generated
from lianyi.events.intake.own import OwnEvent
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.growth.gatherings.actions import create_gathering, publish_gathering
from lianyi.growth.gatherings.lines import Gathering
from lianyi.growth.gatherings.reading import read as read_gathering
from lianyi.growth.gatherings.recording import about, missed
from lianyi.growth.gatherings.seats import Act, Cancelled, Registered, Resized, Seat, standings
from lianyi.growth.surveys.actions import create_survey, publish_survey
from lianyi.growth.surveys.definitions import read as read_survey
from lianyi.growth.surveys.lines import Survey
from lianyi.kernel.clock import DAY, HOUR, MINUTE

SEATS = 24
_HERE = Path(__file__).parent
_BEFORE = datetime(2024, 1, 10, tzinfo=UTC)  # when it was made
_REGISTERS_WITHIN = 29 * DAY  # µs before it begins


class Scanned(NamedTuple):
    """Somebody who scanned a code."""

    user: str
    at: int  # µs


def make_gathering(workspace: Workspace) -> Gathering:
    """The try-out, which is over."""
    definition = read_gathering((_HERE / "gathering.json").read_bytes())
    made = create_gathering(
        workspace.pk, f"try-out-{workspace.slug}", "春季新品体验会 Spring try-out", definition, SEATS, _BEFORE
    )
    return publish_gathering(workspace.pk, made.id, _BEFORE)


def make_survey(workspace: Workspace, now: datetime) -> Survey:
    """The survey behind it."""
    definition = read_survey((_HERE / "survey.json").read_bytes())
    made = create_survey(workspace.pk, "体验会回访 After the try-out", definition, now)
    return publish_survey(workspace.pk, made.id, now)


def told_of(gathering: Gathering, survey: Survey, scanned: Sequence[Scanned], of: tuple[str, ...]) -> list[OwnEvent]:
    """What those who scanned a code in the month before it did."""
    chance = random.Random("fair")  # noqa: S311
    starts, ends = gathering.starts_at or 0, gathering.ends_at or 0
    known = about(gathering.id, gathering.draft).said
    found, acts, who = [], list[Act]([Resized(SEATS)]), {}
    for one in sorted(scanned, key=lambda one: one.at):
        registers, cancels = chance.random() < 0.8, chance.random() < 0.12
        if not (registers and starts - _REGISTERS_WITHIN < one.at < starts - 2 * HOUR):
            continue
        said = {**known, "slug": gathering.slug, "version": 1, "language": "zh", "answers": {"name": one.user}}
        event = generated("gathering.registered", one.user, one.at + 3 * MINUTE, of, said)
        found.append(event)
        who[bytes.fromhex(event.id)] = one.user
        acts.append(Registered(bytes.fromhex(event.id)))
        if cancels:
            gone = {**known, "registration": event.id}
            found.append(generated("gathering.cancelled", one.user, starts - HOUR, of, gone))
    acts += [Cancelled(bytes.fromhex(one.properties["registration"])) for one in found if "cancelled" in one.name]
    for registration, standing in standings(acts).items():
        if standing.seat is not Seat.SEATED:
            continue
        user, late = who[registration], chance.randrange(-20, 25) * MINUTE
        if chance.random() < 0.75:
            came = {**known, "registration": registration.hex(), "way": "scan"}
            found.append(generated("gathering.checked_in", user, starts + late, of, came))
            if chance.random() < 0.7:
                found.append(_answered(survey, user, ends + chance.randrange(1, 48) * HOUR, of, chance))
        else:
            event = missed(
                about(gathering.id, gathering.draft), registration, [("user_id", "default", user, True)], ends
            )
            found.append(msgspec.structs.replace(event, properties={**event.properties, "generated": True}))
    return found


def _answered(survey: Survey, user: str, at: int, of: tuple[str, ...], chance: random.Random) -> OwnEvent:
    answers = {"nps": chance.choice([5, 7, 8, 9, 9, 10, 10]), "liked": chance.choice(["new", "new", "staff", "place"])}
    made = generated("survey.completed", user, at, of)
    said = {"survey": survey.id, "version": 1, "response": made.id, "page": 1, "began": at - MINUTE, "language": "zh"}
    return msgspec.structs.replace(made, properties={**said, "answers": answers, "quotas": [], "generated": True})
