"""What every room above speaks about events in: a claim, a source, an event, a batch of them, and a projector.

Two forms of one event exist: the bytes it came in, which the log and the lake keep whole, and `Event`, decoded from
them by a pure function, so that a replay sees what the first reading saw.
"""

from typing import Any, NamedTuple, Protocol, runtime_checkable

import msgspec


class Claim(NamedTuple):
    """An identity as an event states it, before normalisation: a kind, the scope it is unique in, and a value.

    `strong` is what the sender may vouch for: a browser key vouches for nothing but a user id signed by the server.
    """

    kind: str  # cookie, device, user_id, crm_id, phone, email, unionid, openid, wechat_id, member
    scope: str  # group of write keys, account or system; "" where the kind is unique in the whole workspace
    value: str
    strong: bool


class Source(NamedTuple):
    """Where a touch came from. Empty strings where nothing is known; `channel` is never empty."""

    channel: str  # wechat, weibo, search, email, direct, referral, …
    medium: str
    campaign: str
    code: str  # channel code


class Event(msgspec.Struct, gc=False):
    """One thing that happened, decoded. Times are microseconds since 1970 UTC."""

    position: int  # in its batch: (batch, position) is the event's seq, for ever
    id: bytes  # 16 bytes; the same event sent again has the same
    name: str  # as sent; names of ours have a dot: page.viewed, person.identified, order.line
    occurred_at: int
    received_at: int
    claims: tuple[Claim, ...]  # who it speaks of; the first is the one it belongs to; empty for an anonymous order
    form: str  # segment, sensors, own: how `raw` is to be read
    key: int  # write key's id; 0 for our own
    trusted: bool  # came by a server key, an import or a member
    scope: str  # the key's group
    origin: str  # who stated it: "segment", "sensors", "import:crm", "member:3", …
    source: Source | None
    machine: bool
    traits: dict[str, Any] | None  # only where the event states traits
    properties: dict[str, Any]  # of events that state facts; {} for those that projectors only count (see `raw`)
    raw: bytes  # the event's JSON, whole


class Batch(msgspec.Struct):
    """Consecutive events of one workspace, in order of position, repeats and refused ones left out.

    `numbers[i]` is the identity number that `events[i]` came with, 0 for none; the identity projector fills it. Where a
    batch failed, its events are tried one by one, each as a batch that is `part_of` it.
    """

    workspace: int
    number: int
    events: list[Event]
    numbers: list[int]
    part_of: "Batch | None" = None

    @property
    def whole(self) -> "Batch":
        """All that happened in it, for who looks at more than each event."""
        return self if self.part_of is None else self.part_of


class Projector(Protocol):
    """A reader of the log. `project` runs in the transaction that moves its cursor past the batch."""

    name: str

    def project(self, batch: Batch) -> None:
        """Apply the effects of `batch`; called once per batch, in order, never beyond a batch the one before holds."""

    def forget(self, workspace: int) -> None:
        """Drop everything this projector derived, before a replay from zero."""

    def fingerprint(self, workspace: int) -> dict[str, str]:
        """A digest for each table it derives, equal exactly when the content is: *rebuilt == kept up to date*."""


@runtime_checkable
class Rebuilding(Protocol):
    """A projector whose tables are a function of what those before it hold, and are made anew from that."""

    def rebuild(self, workspace: int) -> None:
        """Make everything anew as of the last batch that was projected; in the caller's transaction."""


class Numbering(Projector, Protocol):
    """The projector that gives events their identity numbers; it comes first."""

    def attach(self, batch: Batch) -> None:
        """Fill `batch.numbers` of a batch that was projected before; changes nothing."""
