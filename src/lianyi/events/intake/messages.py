"""The shapes of Segment's messages, and the names that their types have here."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from lianyi.events.intake.limits import IDENTITY_CHARACTERS, NAME_CHARACTERS

# A call's type → the name its event has here; a track call brings its own name.
NAMES = {
    "identify": "person.identified",
    "page": "page.viewed",
    "screen": "screen.viewed",
    "group": "person.grouped",
    "alias": "person.aliased",
}
PLAIN_TYPES = frozenset(NAMES) - {"alias"}


class Campaign(msgspec.Struct, gc=False):
    source: str | None = None
    medium: str | None = None
    name: str | None = None


class Page(msgspec.Struct, gc=False):
    url: str | None = None
    referrer: str | None = None


class Context(msgspec.Struct, rename="camel", gc=False):
    """The parts of a message's context that say where it came from and who sent it."""

    campaign: Campaign | None = None
    page: Page | None = None
    user_agent: str | None = None
    signature: str | None = None
    ly_code: str | None = msgspec.field(default=None, name="ly_code")
    ly_click: str | None = msgspec.field(default=None, name="ly_click")
    click_ids: dict[str, Any] | None = None


Text = Annotated[str, msgspec.Meta(max_length=IDENTITY_CHARACTERS)]


class AnyObject(msgspec.Struct, gc=False):
    """A JSON object, of which nothing is looked at."""


class Plain(msgspec.Struct, rename="camel", gc=False):
    """An ordinary call, as the door's fast path wants it: ids of sound length, and no field, stated twice or not, that
    `Message` cannot read. What it skips has to be in order too, see `SHALLOW`. All else is judged slowly.
    """

    type: str
    event: Annotated[str, msgspec.Meta(max_length=NAME_CHARACTERS)] | None = None
    message_id: Text | None = None
    anonymous_id: Text | None = None
    user_id: Text | None = None
    previous_id: Text | None = None
    group_id: str | int | None = None
    timestamp: datetime | None = None
    context: Context | None = None
    properties: AnyObject | None = None
    traits: AnyObject | None = None


class PlainEnvelope(msgspec.Struct, rename="camel"):
    """A batch of ordinary calls."""

    batch: list[Plain]
    context: msgspec.Raw = msgspec.Raw()
    sent_at: datetime | None = None
    write_key: str | None = None


def _shallow(levels: int) -> Any:
    """The type of JSON that nests so deep at most."""
    inner: Any = None | bool | int | float | str
    for _ in range(levels):
        inner = None | bool | int | float | str | list[inner] | dict[str, inner]
    return inner


# A body whose properties nest four levels, or less: most. Each level doubles what the decoder takes; any other is
# judged slowly.
SHALLOW = msgspec.json.Decoder(_shallow(8))


class Message(msgspec.Struct, rename="camel", gc=False):
    """One call, whole. What `Plain` refuses is judged by this, part by part."""

    type: str = ""
    event: str | None = None
    message_id: str | None = None
    anonymous_id: str | int | None = None
    user_id: str | int | None = None
    previous_id: str | int | None = None
    group_id: str | int | None = None
    timestamp: datetime | None = None
    context: Context | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None


class Glance(msgspec.Struct, rename="camel", gc=False):
    """What the pipeline needs of a call that it only counts: all but properties and traits."""

    type: str = ""
    event: str | None = None
    anonymous_id: str | int | None = None
    user_id: str | int | None = None
    context: Context | None = None


class GlanceEnvelope(msgspec.Struct):
    """The same of a whole batch."""

    batch: list[Glance]
    context: msgspec.Raw = msgspec.Raw()


class RawEnvelope(msgspec.Struct, rename="camel"):
    """A batch whose messages are judged one by one."""

    batch: list[msgspec.Raw]
    context: msgspec.Raw = msgspec.Raw()
    sent_at: Any = None
    write_key: Any = None
