"""What senders and other rooms name of the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol, runtime_checkable

from lianyi.foundation.outbox.models import OutboxRow

State = OutboxRow.State


@dataclass(frozen=True)
class Parcel:
    """One row as its sender gets it. `attempt` counts the claims, this one included. The payload stays out of its repr:
    parcels are named in logs and tracebacks.
    """

    id: int
    workspace: int
    kind: str
    key: str
    attempt: int
    payload: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Parcel(id={self.id}, workspace={self.workspace}, kind={self.kind!r}, attempt={self.attempt})"


class Sender(Protocol):
    """Takes parcels of one kind out. A kind may have branches: that of `webhook` takes out `webhook:5` as well."""

    @property
    def kind(self) -> str: ...

    @property
    def repeat_is_safe(self) -> bool:
        """Whether the other side, or the place it goes to, makes one of two sends of the same key."""

    def send(self, parcel: Parcel, now: datetime) -> str:
        """Sends it; what the other side calls it ("" when it says nothing). Raises one of `kernel.outcomes`; any other
        error is taken to have left the outcome open. Must return well within `CLAIM_LIVES_FOR`.
        """


@runtime_checkable
class Finds(Protocol):
    """A sender that can look up what became of a parcel."""

    def find(self, parcel: Parcel, now: datetime) -> str | None:
        """What the other side calls it; None when it certainly is not there."""


@runtime_checkable
class Paces(Protocol):
    """A sender that says itself how long to wait between attempts."""

    def pause_after(self, attempt: int) -> timedelta | None:
        """How long to wait after the attempt of this number, counted from one; None when it was the last."""


class Decision(Enum):
    """What a person says of a row whose outcome is open, or that failed."""

    SENT = "sent"
    FAILED = "failed"
    AGAIN = "again"


@dataclass(frozen=True)
class Sent:
    """It is out."""

    receipt: str


@dataclass(frozen=True)
class Failed:
    """It will not go out as it is."""

    error: str


@dataclass(frozen=True)
class Again:
    """It is not out; try at `due_at`."""

    error: str
    due_at: datetime


@dataclass(frozen=True)
class Open:
    """It may be out. `look_at` is when to look it up; None when only a person can tell."""

    error: str
    look_at: datetime | None


def family_of(kind: str) -> str:
    """The kind of the sender that takes rows of this kind out."""
    return kind.partition(":")[0]


Settlement = Sent | Failed | Again | Open
