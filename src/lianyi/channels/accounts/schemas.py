"""What doors and the edge name of connected accounts. No Django here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from lianyi.connectors.port.receiving import Account

State = Literal["waiting", "verified", "receiving", "refused"]


@dataclass(frozen=True)
class AccountLine:
    """An account as pages and lists show it, without its secrets."""

    id: int
    platform: str
    external: str
    name: str
    address: str
    settings: Mapping[str, str]
    secrets: tuple[str, ...]  # the names of those that are kept
    connected_at: datetime
    verified_at: datetime | None = None
    pushed_at: datetime | None = None
    refused_at: datetime | None = None
    refused_why: str = ""
    refusals: int = 0

    @property
    def path(self) -> str:
        """Where the platform pushes to, at the installation's own address."""
        return f"/in/{self.platform}/{self.address}"

    @property
    def state(self) -> State:
        """Nothing came yet; the address was verified; pushes come; or the last call was refused."""
        good = max((one for one in (self.verified_at, self.pushed_at) if one is not None), default=None)
        if self.refused_at is not None and (good is None or good < self.refused_at):
            return "refused"
        if self.pushed_at is not None:
            return "receiving"
        return "waiting" if self.verified_at is None else "verified"


class Addressed(NamedTuple):
    """The account that an address belongs to, as the edge needs it."""

    number: int
    workspace: int
    platform: str
    account: Account
