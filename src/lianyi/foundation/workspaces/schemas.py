"""What other rooms name of workspaces: the row that they are handed, and the kinds of write keys."""

from lianyi.foundation.workspaces.models import Workspace, WriteKey

__all__ = ["KeyKind", "Workspace"]

KeyKind = WriteKey.Kind
