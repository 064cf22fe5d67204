"""Where browsers find the pictures and videos of pages. No Django here: the edge serves them.

An address holds the digest of the content, so it never means anything else and may be kept for ever. Of a picture there
are copies in a few widths, WebP without what a camera writes into its files (where it stood, above all); GIFs, which
move, and videos go out as they are.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from lianyi.growth.pages.places import Shot

PREFIX = "/media/"
# Whether a content is one of a workspace's, and came with nobody.
PUBLIC = """
SELECT type FROM media_file WHERE workspace_id = %(workspace)s AND sha256 = %(sha256)s AND person IS NULL
"""
WIDTHS = (480, 960, 1_600)  # pixels of copies; of a narrower picture there is one, as wide as it is
AS_IT_IS = {"image/gif": "gif", "video/mp4": "mp4"}
TYPES = {"webp": "image/webp", **{ending: name for name, ending in AS_IT_IS.items()}}
_PATH = re.compile(r"/media/([1-9][0-9]{0,17})/([0-9a-f]{64})(?:-(480|960|1600))?\.(webp|gif|mp4)")


class Asset(NamedTuple):
    """What an address asks for; `width` is that of a copy."""

    workspace: int
    sha256: str
    width: int | None
    ending: str

    @property
    def content_type(self) -> str:
        """Of what it is."""
        return TYPES[self.ending]


class Kept(NamedTuple):
    """A file of the media as a page knows it."""

    id: int
    sha256: str
    type: str
    width: int | None
    height: int | None


def asset_in(path: str) -> Asset | None:
    """What a path of ours asks for; None for any other."""
    found = _PATH.fullmatch(path)
    if found is None or (found[3] is None) == (found[4] == "webp"):
        return None
    return Asset(int(found[1]), found[2], int(found[3]) if found[3] else None, found[4])


def address_of(workspace: int, sha256: str, width: int | None, ending: str) -> str:
    """The address of a copy, or of what goes out as it is."""
    return f"{PREFIX}{workspace}/{sha256}{'' if width is None else f'-{width}'}.{ending}"


def shots_of(workspace: int, files: Iterable[Kept]) -> tuple[dict[int, Shot], dict[int, str]]:
    """The pictures among these files, and the addresses of the videos."""
    pictures, videos = {}, {}
    for one in files:
        if one.type == "video/mp4":
            videos[one.id] = address_of(workspace, one.sha256, None, "mp4")
        elif one.type.startswith("image/") and one.width and one.height:
            pictures[one.id] = _shot(workspace, one, one.width, one.height)
    return pictures, videos


def _shot(workspace: int, one: Kept, width: int, height: int) -> Shot:
    if one.type in AS_IT_IS:
        return Shot(address_of(workspace, one.sha256, None, AS_IT_IS[one.type]), width, height)
    narrower = [some for some in WIDTHS if some < width]
    widest = WIDTHS[min(len(narrower), len(WIDTHS) - 1)]
    shown = min(width, widest)
    others = tuple((address_of(workspace, one.sha256, some, "webp"), some) for some in narrower if some < widest)
    return Shot(address_of(workspace, one.sha256, widest, "webp"), shown, round(height * shown / width), others)


def place_of(home: Path, asset: Asset) -> Path:
    """Where the file lies that the address stands for: a copy beside the media, which can be made anew."""
    if asset.width is None:
        return home / "media" / str(asset.workspace) / asset.sha256[:2] / asset.sha256
    return home / "copies" / str(asset.workspace) / asset.sha256[:2] / f"{asset.sha256}-{asset.width}.webp"
