"""What other rooms name of media."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Media:
    """One file of a workspace."""

    id: int
    sha256: str
    name: str
    type: str
    size: int  # bytes
    width: int | None
    height: int | None
    person: int | None


@dataclass(frozen=True)
class Kept:
    """Where a content lies: what backups and senders read."""

    sha256: str
    path: Path


@dataclass(frozen=True)
class Forgotten:
    """What went with a person."""

    rows: int
    files: int
