"""Finds a file for whoever has no Django: what it is, and where it lies."""

from pathlib import Path
from typing import Any, NamedTuple

FIND = "SELECT id, sha256, name, type, size FROM media_file WHERE workspace_id = %s AND id = %s"


class Lying(NamedTuple):
    """A file on disk."""

    id: int
    sha256: str
    name: str
    type: str
    size: int  # bytes


def lying_in(row: tuple[Any, ...]) -> Lying:
    """What a row of FIND says."""
    return Lying(*row)


def folder_in(home: Path, workspace: int) -> Path:
    """The folder of a workspace's files."""
    return home / "media" / str(workspace)


def place_in(home: Path, workspace: int, sha256: str) -> Path:
    """Where a content lies."""
    return folder_in(home, workspace) / sha256[:2] / sha256
