"""Backup and restore: what was kept comes back whole, and a file that is harmed or foreign changes nothing."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest
from tests.program import Up, lianyi

from lianyi.assembly.backup import DUMP, FORMAT, KEY, MANIFEST, read_manifest
from lianyi.kernel.errors import Refused

EVENT = '{{"type": "track", "event": "Product Viewed", "messageId": "{0}", "anonymousId": "a{0}"}}'


def send(running: Up, *ids: str) -> None:
    import base64
    from http.client import HTTPConnection
    from urllib.parse import urlsplit

    connection = HTTPConnection("127.0.0.1", urlsplit(running.ready["url"]).port or 0, timeout=30)
    body = '{"batch": [' + ",".join(EVENT.format(one) for one in ids) + "]}"
    key = base64.b64encode(f"{running.ready['write_key']}:".encode()).decode()
    connection.request("POST", "/v1/batch", body, {"Authorization": f"Basic {key}"})
    assert connection.getresponse().status == 200
    connection.close()


def people(home: Path) -> int:
    return len(lianyi(home, "people", "find", "--json").stdout.splitlines())


def test_a_restored_home_holds_what_was_saved_and_goes_on(up, stopped_home: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    running = up("--json").wait_until_ready()
    send(running, "1", "2")
    assert lianyi(stopped_home, "drain").returncode == 0
    file, fresh = tmp_path / "saved.tar", tmp_path / "fresh"
    saved = lianyi(stopped_home, "backup", str(file), "--json")
    assert (saved.returncode, json.loads(saved.stdout)["workspaces"]) == (0, 1), saved.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    assert lianyi(stopped_home, "backup", str(file)).returncode == 1
    send(running, "3")
    assert lianyi(stopped_home, "drain").returncode == 0
    assert people(stopped_home) == 3
    assert running.stop() == 0

    restored = lianyi(fresh, "restore", str(file), "--json")
    assert (restored.returncode, json.loads(restored.stdout)["cut"]) == (0, 0), restored.stderr
    assert fresh.stat().st_mode & 0o777 == 0o700
    assert people(fresh) == 2
    for name in ("identity", "profiles", "lifecycle"):
        told = json.loads(lianyi(fresh, "replay", name, "--check", "--json").stdout)
        assert (told["events"], told["different"]) == (2, [])
    with Up.start(fresh, "--json") as again:
        again.wait_until_ready()
        assert again.ready["write_key"] == running.ready["write_key"]
        send(again, "1", "3")
        assert lianyi(fresh, "drain").returncode == 0
        assert people(fresh) == 3
        assert again.stop() == 0
    assert lianyi(fresh, "restore", str(file)).returncode == 1


def archive_of(place: Path, members: dict[str, bytes], manifest: object = None) -> Path:
    """A file like a backup, whose manifest names what is in it unless it is given."""
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    told = {"format": FORMAT, "made_at": "", "workspaces": {}, "sha256": sums} if manifest is None else manifest
    with tarfile.open(place, "w") as archive:
        for name, data in {**members, MANIFEST: json.dumps(told).encode()}.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return place


WHOLE = {DUMP: b"dump", KEY: b"key", "lake/1/events/a.parquet": b"rows"}


def test_a_file_is_a_backup_when_its_manifest_names_all_that_is_in_it(tmp_path: Path) -> None:
    assert read_manifest(archive_of(tmp_path / "saved.tar", WHOLE))["workspaces"] == {}


@pytest.mark.parametrize("name", ["/tmp/a", "lake//tmp/a", "lake/./a", "media/../a", "../a"])
def test_a_member_that_would_lie_outside_of_the_home_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused) as refused:
        read_manifest(archive_of(tmp_path / "climbing.tar", {**WHOLE, name: b""}))
    assert refused.value.code == "restore.foreign"


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        ([], "restore.unreadable"),
        ({"sha256": {}}, "restore.unreadable"),
        ({"format": 0}, "restore.format"),
        ({"format": FORMAT, "sha256": []}, "restore.unreadable"),
        ({"format": FORMAT, "sha256": {}}, "restore.harmed"),  # of what is in it, it says nothing
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(tmp_path: Path, manifest: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_manifest(archive_of(tmp_path / "odd.tar", WHOLE, manifest))
    assert refused.value.code == code


@pytest.mark.parametrize("missing", [DUMP, KEY])
def test_a_backup_without_database_or_key_is_refused(tmp_path: Path, missing: str) -> None:
    members = {name: data for name, data in WHOLE.items() if name != missing}
    with pytest.raises(Refused) as refused:
        read_manifest(archive_of(tmp_path / "part.tar", members))
    assert refused.value.code == "restore.harmed"


def test_a_harmed_file_is_refused_and_nothing_is_made(stopped_home: Path, tmp_path: Path) -> None:
    file, fresh = tmp_path / "saved.tar", tmp_path / "fresh"
    assert lianyi(stopped_home, "backup", str(file)).returncode == 0
    data = file.read_bytes()
    changed = bytearray(data)
    changed[len(data) // 3] ^= 1
    climbing = tmp_path / "climbing.tar"
    climbing.write_bytes(data)
    with tarfile.open(climbing, "a") as archive:
        archive.addfile(tarfile.TarInfo("../climbed"))
    for harmed in (data[: len(data) // 2], bytes(changed), b"no backup", climbing.read_bytes()):
        file.write_bytes(harmed)
        with pytest.raises(Refused):
            read_manifest(file)
    refused = lianyi(fresh, "restore", str(file))
    assert refused.returncode == 1, refused.stderr
    assert not (fresh / "pg").exists()
    assert not (fresh / "lake").exists()
