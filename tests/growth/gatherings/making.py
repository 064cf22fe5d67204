"""Gatherings: builders that name only what matters, and a hall where people register."""

from datetime import timedelta
from typing import Any

from tests.growth.forms.making import EMAIL, NAME, PHONE
from tests.people.erasing.told import Brand

from lianyi.events.intake.own import OwnEvent, encode
from lianyi.events.intake.own import event as decoded
from lianyi.events.log.actions import record_own
from lianyi.events.schemas import Batch
from lianyi.growth.forms.checking import Asking, checked
from lianyi.growth.forms.guarding import Issue, nonce
from lianyi.growth.forms.schemas import Submission
from lianyi.growth.gatherings import actions, queries
from lianyi.growth.gatherings.lines import Gathering, RegistrationLine
from lianyi.growth.gatherings.projector import GatheringsProjector
from lianyi.growth.gatherings.reading import read_object
from lianyi.growth.gatherings.recording import Filled, about, cancelled, issue_name, registered
from lianyi.growth.gatherings.schemas import Definition, digest
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.ids import digest as digest_of

SOURCE = ("wechat", "", "spring", "booth-3")


def object_of(**parts: Any) -> dict[str, Any]:
    """The JSON of a definition: two hours, a week from now."""
    day = f"{system_clock() + timedelta(days=7):%Y-%m-%d}"
    return {
        "title": {"zh": "春季品鉴会", "en": "Spring tasting"},
        "starts": f"{day}T14:00",
        "ends": f"{day}T16:00",
        "zone": "Asia/Shanghai",
        "place": {"zh": "一号展厅", "en": "Hall 1"},
        "questions": [{**NAME}, {**PHONE}, {**EMAIL}],
        "guard": {"quickest": 0, "work": 4, "per_minute": 0},
        **parts,
    }


def definition_of(**parts: Any) -> Definition:
    """A definition."""
    return read_object(object_of(**parts))


def published(workspace: int, slug: str, seats: int | None = None, **parts: Any) -> Gathering:
    """A gathering that takes registrations."""
    made = actions.create_gathering(workspace, slug, "Tasting", definition_of(**parts), seats, system_clock())
    return actions.publish_gathering(workspace, made.id, system_clock())


class Register:
    """A gathering of a workspace that people register for, past the edge."""

    def __init__(self, workspace: int, seats: int | None = None, **parts: Any) -> None:
        self.workspace = workspace
        self.gathering = published(workspace, f"hall-{nonce()[:12]}", seats, **parts)
        self.about = about(self.gathering.id, self.gathering.draft)

    def register(
        self,
        name: str,
        *,
        machine: bool = False,
        cookie: str = "",
        language: str = "zh",
        source: tuple[str, str, str, str] | None = SOURCE,
        **answers: str,
    ) -> str:
        """Somebody registers; the id of the registration."""
        sent = {"name": [name], **{key: [value] for key, value in answers.items()}}
        found = checked(self.gathering.draft.form, sent, Asking("CN", language))
        assert isinstance(found, Submission)
        at, version = to_micros(system_clock()), self.gathering.published or 0
        issue = Issue(issue_name(self.gathering.id), version, at // 1_000_000, nonce(), language, source=source)
        who = [("cookie", "default", cookie, False)] if cookie else []
        filled = Filled(self.about, self.gathering.slug, digest(self.gathering.draft), at, who, machine)
        record_own(self.workspace, registered(issue, found, filled))
        return issue.event_id


class Hall(Register):
    """The same with the pipeline behind it."""

    def __init__(self, brand: Brand, seats: int | None = None, **parts: Any) -> None:
        super().__init__(brand.workspace, seats, **parts)
        self.brand = brand

    def register(self, name: str, *, run: bool = True, **said: Any) -> str:
        made = super().register(name, **said)
        if run:
            self.brand.run()
        return made

    def cancel(self, registration: str) -> None:
        """They do not come after all."""
        at = to_micros(system_clock())
        event = cancelled(self.about, bytes.fromhex(registration), [], "visitor", at)
        record_own(self.workspace, [event])
        self.brand.run()

    def resize(self, seats: int | None) -> None:
        actions.resize_gathering(self.workspace, self.gathering.id, seats, system_clock())
        self.brand.run()

    def rows(self, **asked: Any) -> list[RegistrationLine]:
        return [line for line, _ in queries.registrations(self.workspace, self.gathering.id, 1_000, **asked)]

    def seats(self) -> dict[str, str]:
        """Name → seat."""
        return {str(row.answers["name"]): row.seat.value for row in self.rows()}


def registered_there(workspace: int, gathering: int) -> str:
    """Somebody who registered, past the edge and the log; the id of the registration."""
    name = digest_of(str(workspace), str(gathering)).hex()
    said = {"gathering": gathering, "version": 1, "language": "zh", "answers": {"name": "访客一"}}
    raw = encode(OwnEvent(name, "gathering.registered", to_micros(system_clock()), properties=said))
    event = decoded(raw, position=0, event_id=bytes.fromhex(name), received_at=1)
    GatheringsProjector().project(Batch(workspace, 1, [event], [0]))
    return name
