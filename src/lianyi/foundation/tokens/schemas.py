"""What other rooms see of API tokens."""

from dataclasses import dataclass
from datetime import datetime

from lianyi.foundation.access.schemas import ABILITIES, Ability, Actor, Role
from lianyi.foundation.workspaces.schemas import Workspace


@dataclass(frozen=True)
class TokenLine:
    """A token as a list shows it, without its secret."""

    id: int
    label: str
    hint: str  # how its secret begins
    scopes: tuple[str, ...]
    maker: str  # e-mail address
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None  # to the minute

    def works(self, now: datetime) -> bool:
        """Whether it was neither revoked nor has expired; its maker may be gone all the same."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


@dataclass(frozen=True)
class Bearer:
    """Who calls: a token that works, in its workspace, with its maker's role of now."""

    line: TokenLine
    workspace: Workspace
    member: int
    role: Role
    lacks_factor: bool  # the workspace demands a second factor, and the maker has none

    @property
    def abilities(self) -> frozenset[Ability]:
        """The token's scopes, as far as the role of its maker reaches."""
        return ABILITIES[self.role] & frozenset(Ability(scope) for scope in self.line.scopes if scope in _KNOWN)

    @property
    def actor(self) -> Actor:
        """How the present work is done."""
        return Actor(f"token:{self.line.id}", self.workspace.pk, self.abilities)


@dataclass(frozen=True)
class Allowance:
    """What a token may still do after a call. `wait` is null when the call was within the pace."""

    limit: int  # calls in a window
    window: int  # seconds
    remaining: int
    reset: int  # seconds until all of it is there again
    wait: int | None  # seconds until the next call may come


_KNOWN = frozenset(ability.value for ability in Ability)
