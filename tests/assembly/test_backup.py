"""Backup and restore: what was kept comes back whole, and a file that is harmed or foreign changes nothing."""

import json
import tarfile
from pathlib import Path

import pytest
from tests.program import Up, lianyi

from lianyi.assembly.backup import read_manifest
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
