"""Reads of media."""

from collections.abc import Collection, Iterator, Sequence
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


def newest(workspace: int, types: Sequence[str], limit: int) -> list[Media]:
    """The files of these types that came with nobody, the newest first."""
    rows = MediaFile.objects.filter(workspace=workspace, person=None, type__in=types).order_by("-pk")
    return [media_in(row) for row in rows[:limit]]


def some(workspace: int, numbers: Collection[int]) -> list[Media]:
    """Those of these files that there are, and that came with nobody."""
    rows = MediaFile.objects.filter(workspace=workspace, person=None, pk__in=numbers).order_by("pk")
    return [media_in(row) for row in rows]


def public(workspace: int, sha256: str) -> Media | None:
    """The file of this content that came with nobody; None where there is none."""
    row = MediaFile.objects.filter(workspace=workspace, sha256=sha256, person=None).first()
    return None if row is None else media_in(row)


def path_of(workspace: int, media_id: int) -> Path:
    """Where its content lies."""
    return files.place_of(workspace, media(workspace, media_id).sha256)


def kept(workspace: int) -> Iterator[Kept]:
    """Every content that a row names, once."""
    found = MediaFile.objects.filter(workspace=workspace).order_by("sha256").values_list("sha256", flat=True).distinct()
    for sha256 in found.iterator():
        yield Kept(sha256, files.place_of(workspace, sha256))
