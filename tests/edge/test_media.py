"""Pictures and videos of pages at a running edge."""

import hashlib
from pathlib import Path

import pytest
from tests.edge.edges import Said, Shop

from lianyi.foundation.domains.models import Domain
from lianyi.foundation.media.models import MediaFile
from lianyi.growth.pages.pictures import Asset, address_of, place_of

CONTENT = bytes(range(256)) * 2_000


def kept(shop: Shop, *, kind: str = "image/png", person: int | None = None, copied: bool = True) -> str:
    """A file of the workspace, on the edge's disk; its digest."""
    sha256 = hashlib.sha256(f"{shop.workspace.pk} {kind}".encode()).hexdigest()
    MediaFile.objects.create(
        workspace_id=shop.workspace.pk, sha256=sha256, name="x", type=kind, size=len(CONTENT), width=900, height=600,
        person=person, put_by="test",
    )  # fmt: skip
    width, ending = (480, "webp") if kind == "image/png" else (None, "mp4")
    place = place_of(Path(shop.edge.environment.home), Asset(shop.workspace.pk, sha256, width, ending))
    if copied:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(CONTENT)
    return sha256


def asked(shop: Shop, sha256: str, width: int | None = 480, ending: str = "webp", **headers: str) -> Said:
    place = address_of(shop.workspace.pk, sha256, width, ending)
    return shop.edge.ask("GET", place, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_picture_may_be_kept_for_ever_and_runs_nothing(shop: Shop) -> None:
    sha256 = kept(shop)
    said = asked(shop, sha256)
    assert (said.status, said.body) == (200, CONTENT)
    assert said.headers["content-type"] == "image/webp"
    assert said.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (said.headers["x-content-type-options"], said.headers["content-security-policy"]) == (
        "nosniff", "default-src 'none'; sandbox",
    )  # fmt: skip
    assert asked(shop, sha256, if_none_match=said.headers["etag"]).status == 304
    head = shop.edge.ask("HEAD", address_of(shop.workspace.pk, sha256, 480, "webp"))
    assert (head.status, head.headers["content-length"], head.body) == (200, str(len(CONTENT)), b"")


@pytest.mark.parametrize(
    ("asked_for", "status", "first", "last"),
    [
        ("bytes=0-", 206, 0, 511_999),
        ("bytes=100-199", 206, 100, 199),
        ("bytes=-10", 206, 511_990, 511_999),
        ("bytes=511999-900000", 206, 511_999, 511_999),
        ("bytes=512000-", 416, 0, -1),
        ("bytes=9-8", 416, 0, -1),
        ("bytes=0-1,5-6", 416, 0, -1),
        ("pages=1-2", 416, 0, -1),
    ],
)
def test_a_video_goes_out_by_ranges(shop: Shop, asked_for: str, status: int, first: int, last: int) -> None:
    said = asked(shop, kept(shop, kind="video/mp4"), None, "mp4", range=asked_for)
    assert (said.status, said.body) == (status, CONTENT[first : last + 1])
    told = f"bytes {first}-{last}/512000" if status == 206 else "bytes */512000"
    assert said.headers["content-range"] == told


def test_what_came_with_a_person_is_shown_to_nobody(shop: Shop) -> None:
    assert asked(shop, kept(shop, person=3)).status == 404


def test_what_is_not_there_is_nowhere(shop: Shop) -> None:
    assert asked(shop, "0" * 64).status == 404
    sha256 = kept(shop, copied=False)
    assert asked(shop, sha256).status == 503  # the web process makes the copy, which does not run here
    for place in (
        f"/media/{shop.workspace.pk}/{sha256}-481.webp", f"/media/{shop.workspace.pk}/{sha256}.webp",
        f"/media/{shop.workspace.pk}/../{sha256}.mp4", f"/media/0/{sha256}-480.webp",
    ):  # fmt: skip
        assert shop.edge.ask("GET", place).status in (404, 503)


def test_an_own_domain_has_its_workspaces_files_alone(shop: Shop) -> None:
    sha256, place = kept(shop), f"/media/{shop.workspace.pk}/"
    Domain.objects.create(workspace_id=shop.workspace.pk, host="pictures.example.com")
    other = f"/media/{shop.workspace.pk + 1}/{sha256}-480.webp"
    own = shop.edge.ask("GET", f"{place}{sha256}-480.webp", headers={"host": "pictures.example.com"})
    assert own.status == 200
    assert shop.edge.ask("GET", other, headers={"host": "pictures.example.com"}).status == 404
