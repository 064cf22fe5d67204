"""What doors and the assembly name of webhooks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from lianyi.foundation.webhooks.models import Endpoint

WEBHOOK = "webhook"  # the family of the outbox's kinds
TEST = "webhook.test"  # the type of a test event
State = Endpoint.State
Why = Endpoint.Why


@dataclass(frozen=True)
class EndpointLine:
    """An endpoint as pages and lists show it, without its secret."""

    id: int
    url: str
    label: str
    patterns: list[str]
    state: str
    why: str
    former_until: datetime | None
    failing_since: datetime | None
    created_at: datetime
    waiting: int  # at most MOST_COUNTED


@dataclass(frozen=True)
class DeliveryLine:
    """One delivery: `state` is that of its row in the outbox, the rest is of its last attempt."""

    id: int
    event: str
    message: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime | None
    status: int | None
    error: str


@dataclass(frozen=True)
class AttemptLine:
    """One call."""

    at: datetime
    took_ms: int
    status: int | None
    error: str
    answer: str


@dataclass(frozen=True)
class Listener:
    """An endpoint that is to be told, as the reader of events needs it."""

    id: int
    patterns: tuple[str, ...]
    since: datetime

    def wants(self, name: str) -> bool:
        """Whether events of this name are its matter."""
        return _matcher(self.patterns).fullmatch(name) is not None


@dataclass(frozen=True)
class Happening:
    """An event that is to be told. `key` is unique in its workspace, for ever; `identity` is 0 when it is nobody's."""

    key: str
    name: str
    identity: int
    occurred_at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Telling:
    """What one endpoint is to be told."""

    endpoint: int
    happenings: Sequence[Happening]


def kind_of(endpoint: int) -> str:
    """The kind of its rows in the outbox."""
    return f"{WEBHOOK}:{endpoint}"


@lru_cache(1_000)
def _matcher(patterns: tuple[str, ...]) -> re.Pattern[str]:
    said = ("".join(".*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", one)) for one in patterns)
    return re.compile("|".join(said), re.DOTALL)
