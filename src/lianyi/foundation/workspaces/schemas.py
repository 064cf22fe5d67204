"""What other rooms name of workspaces: the row that they are handed, and the kinds of write keys."""

from dataclasses import dataclass
from datetime import datetime

from lianyi.foundation.workspaces.models import Workspace, WriteKey

__all__ = ["KeyKind", "KeyLine", "Workspace"]

KeyKind = WriteKey.Kind


@dataclass(frozen=True)
class KeyLine:
    """A write key as a list shows it, without its secret."""

    id: int
    kind: str
    group: str
    hint: str  # how its secret begins
    label: str
    created_at: datetime
    revoked_at: datetime | None
