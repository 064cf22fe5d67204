"""Reads of media."""

from collections.abc import Iterator
from pathlib import Path

from lianyi.foundation.media import files
from lianyi.foundation.media.actions import media_in
from lianyi.foundation.media.models import MediaFile
from lianyi.foundation.media.schemas import Kept, Media
from lianyi.kernel.errors import Refused


def media(workspace: int, media_id: int) -> Media:
    """What is known of one file. Refuses one that is not this workspace's."""
    row = MediaFile.objects.filter(workspace=workspace, pk=media_id).first()
    if row is None:
        raise Refused("media.unknown", "There is no file {media_id} here.", media_id=media_id)
    return media_in(row)


def of_person(workspace: int, number: int) -> list[Media]:
    """What came with this person number, the oldest first."""
    return [media_in(row) for row in MediaFile.objects.filter(workspace=workspace, person=number).order_by("pk")]


def path_of(workspace: int, media_id: int) -> Path:
    """Where its content lies."""
    return files.place_of(workspace, media(workspace, media_id).sha256)


def kept(workspace: int) -> Iterator[Kept]:
    """Every content that a row names, once."""
    found = MediaFile.objects.filter(workspace=workspace).order_by("sha256").values_list("sha256", flat=True).distinct()
    for sha256 in found.iterator():
        yield Kept(sha256, files.place_of(workspace, sha256))
