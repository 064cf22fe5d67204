"""What other rooms name of members."""

from dataclasses import dataclass
from datetime import datetime

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.members.models import Member

__all__ = ["Colleague", "Invited", "Letter", "Member"]


@dataclass(frozen=True)
class Colleague:
    """A member as the list of a workspace shows them."""

    member: int
    email: str
    name: str
    role: Role
    last_login: datetime | None
    second_factor: bool  # an authenticator app or a passkey stands beside or before the password


@dataclass(frozen=True)
class Invited:
    """An open invitation."""

    id: int
    email: str
    role: Role
    expires_at: datetime


@dataclass(frozen=True)
class Letter:
    """What an invitation's mail and page say. `known` is whether the address is already a member's somewhere."""

    email: str
    role: Role
    workspace: str  # its name
    slug: str
    language: str
    secret: str
    known: bool
