"""Files of pages: taken in when they are what their field asks for, and copied for browsers when one asks first."""

import os
import uuid
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from PIL import Image, ImageOps

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.media.actions import put
from lianyi.foundation.media.queries import public, some
from lianyi.foundation.media.schemas import Media
from lianyi.foundation.media.sniffing import HEAD, sniff
from lianyi.growth.pages.pictures import AS_IT_IS, Asset, Kept, place_of, shots_of
from lianyi.growth.pages.places import Shot
from lianyi.growth.pages.schemas import Definition, media_of
from lianyi.kernel.errors import Refused

PICTURES = ("image/png", "image/jpeg", "image/webp", "image/gif")
VIDEOS = ("video/mp4",)
_QUALITY = 82  # of WebP: what one does not see is left out
_TALLEST = 16_383  # pixels of a WebP; a long picture becomes narrower than its copy is called


@needs(Ability.EDIT_CAMPAIGNS)
def keep_file(workspace: int, name: str, source: BinaryIO, types: Collection[str]) -> Media:
    """Puts a file into the media. Refuses one that is not of these types by its content, whatever its name says."""
    kind = sniff(source.read(HEAD), name)
    if kind.name not in types:
        raise Refused(
            "page.file",
            "{name} is {type}, which does not belong here.",
            "Give one of: {types}.",
            name=name,
            type=kind.name,
            types=sorted(types),
        )
    source.seek(0)
    return put(workspace, name, source)


def shown_files(workspace: int, definition: Definition) -> tuple[dict[int, Shot], dict[int, str]]:
    """The pictures and the videos that a page names, by their numbers; without those that are gone."""
    found = some(workspace, media_of(definition))
    return shots_of(workspace, (Kept(one.id, one.sha256, one.type, one.width, one.height) for one in found))


def copy_of(asset: Asset) -> Path | None:
    """The copy that an address stands for, made where it is missing; None for one of nobody's. What came with a person
    is never shown so.
    """
    row = public(asset.workspace, asset.sha256)
    if row is None or asset.width is None or row.type not in PICTURES or row.type in AS_IT_IS:
        return None
    home = Path(settings.ENVIRONMENT.home)
    place = place_of(home, asset)
    if not place.exists():
        _copy(place_of(home, asset._replace(width=None)), place, asset.width)
    return place


def sweep_copies(workspace: int) -> int:
    """Removes copies of what is there no more; how many."""
    folder = Path(settings.ENVIRONMENT.home) / "copies" / str(workspace)
    left = [path for path in folder.glob("??/*") if public(workspace, path.name[:64]) is None]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _copy(original: Path, place: Path, width: int) -> None:
    """Written whole or not at all; several who make it at once make the same."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = place.with_name(f"{uuid.uuid4().hex}.part")
    try:
        with Image.open(original) as opened:
            picture = _upright(opened)
            picture = picture.convert("RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB")
            scale = min(1.0, width / picture.width, _TALLEST / picture.height)
            if scale < 1:
                size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
                picture = picture.resize(size, Image.Resampling.LANCZOS)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                picture.save(file, "WEBP", quality=_QUALITY, method=4)
        part.rename(place)
    finally:
        part.unlink(missing_ok=True)


def _upright(picture: Image.Image) -> Image.Image:
    """As the camera says that it was held; as it lies there where that cannot be read."""
    try:
        return ImageOps.exif_transpose(picture)
    except (SyntaxError, ValueError, OSError, TypeError):
        return picture
