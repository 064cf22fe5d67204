"""What leaves a whole installation: told once while a pause lasts, held after a restore, media back as they were."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from PIL import Image
from tests.conftest import variables_of
from tests.foundation.notices.servers import Box, smtp_server
from tests.program import Up, eventually, lianyi

_OPEN = """
import io, sys
from lianyi.assembly.processes.installation import Installation
with Installation().open():
    from lianyi.foundation.media import actions, queries
    from lianyi.foundation.outbox.actions import enqueue
    from lianyi.foundation.vault.actions import installation_keys, store_secret
    from lianyi.foundation.vault.queries import secret
    from lianyi.kernel.clock import system_clock
    from lianyi.kernel.secret import Secret
"""
FILL = """
    print(actions.put(1, "a.png", sys.stdin.buffer, person=5).sha256)
    enqueue(1, "mail", "k", {"notice": "intake.paused", "member": 1, "values": {"free": 1, "least": 2}}, system_clock())
    store_secret(1, "a", Secret("tok"), installation_keys(), system_clock())
"""
READ = """
    print(queries.path_of(1, queries.of_person(1, 5)[0].id))
    print(secret(1, "a", installation_keys()).reveal())
"""


def inside(home: Path, words: str, data: bytes = b"") -> list[str]:
    """Runs these lines in an installation; what they print."""
    command = [sys.executable, "-c", _OPEN + words]
    return (
        subprocess.run(command, env=variables_of(home), input=data, capture_output=True, check=True)
        .stdout.decode()
        .splitlines()
    )


def rows(home: Path) -> list[dict[str, Any]]:
    listed = lianyi(home, "outbox", "list", "--which", "all", "--json")
    assert listed.returncode == 0, listed.stderr
    return [json.loads(line) for line in listed.stdout.splitlines()]


def finding(home: Path, name: str, **more: str) -> tuple[str, str]:
    found = json.loads(lianyi(home, "doctor", "--json", **more).stdout)["findings"]
    return next((one["state"], one["sentence"]) for one in found if one["name"] == name)


def next_step(home: Path, name: str) -> str:
    """What the doctor would have somebody do about one matter."""
    found = json.loads(lianyi(home, "doctor", "--json").stdout)["findings"]
    return str(next(one["next_step"] for one in found if one["name"] == name))


def picture() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (3, 2)).save(held, "PNG")
    return held.getvalue()


def test_the_owner_hears_of_a_pause_once(up: Callable[..., Up], stopped_home: Path) -> None:
    box = Box()
    with smtp_server(box) as port:
        mail = f"smtp://127.0.0.1:{port}?from=lianyi@brand.example"
        running = up("--json", LIANYI_MIN_FREE="900000000 GB", EMAIL_URL=mail)  # never ready: the edge has no room
        eventually(lambda: bool(box.taken), "a notice")
        log = stopped_home / "logs" / "worker.log"
        taken = log.read_text().count('"pipeline.taken"')
        os.kill(running.children()["worker"], signal.SIGKILL)
        eventually(lambda: log.read_text().count('"pipeline.taken"') > taken, "the next worker")
        eventually(lambda: [one["state"] for one in rows(stopped_home)] == ["sent"], "its receipt")
        assert finding(stopped_home, "mail", EMAIL_URL=mail) == (
            "well",
            f"System mail leaves by 127.0.0.1, port {port}, from lianyi@brand.example.",
        )
        running.stop()
    (envelope,) = box.taken
    assert envelope.rcpt_tos == ["owner@localhost"]
    assert isinstance(envelope.content, bytes)
    assert message_from_bytes(envelope.content, policy=default)["Subject"] == "涟漪停止接收事件：磁盘快满了"
    (row,) = rows(stopped_home)
    assert (row["kind"], row["key"], row["attempts"]) == ("mail", "intake.paused:1:1", 1)
    assert "owner@localhost" not in log.read_text()


def test_a_restored_home_holds_what_would_leave(stopped_home: Path, tmp_path: Path) -> None:
    file, fresh, data = tmp_path / "saved.tar", tmp_path / "fresh", picture()
    (sha256,) = inside(stopped_home, FILL, data)
    assert finding(stopped_home, "outbox") == ("well", "1 thing waits to be sent; none failed.")
    assert lianyi(stopped_home, "backup", str(file)).returncode == 0
    restored = lianyi(fresh, "restore", str(file), "--json")
    assert restored.returncode == 0, restored.stderr
    assert restored.stderr.startswith("Nothing leaves until you say so")

    path, token = inside(fresh, READ)
    assert (path, token) == (str(fresh / "media" / "1" / sha256[:2] / sha256), "tok")
    assert (Path(path).read_bytes(), Path(path).stat().st_mode & 0o777) == (data, 0o600)
    assert finding(fresh, "outbox") == ("bad", "Outboxes held since a restore: default.")
    assert next_step(fresh, "outbox") == (
        "Look first: lianyi outbox list --workspace default; then: lianyi outbox release --workspace default"
    )

    with Up.start(fresh, "--json") as running:
        running.wait_until_ready()
        listed = lianyi(fresh, "outbox", "list")
        assert listed.stderr == "This outbox is held: nothing leaves until `lianyi outbox release`.\n"
        (row,) = rows(fresh)
        assert (row["state"], row["attempts"]) == ("queued", 0)
        assert not (fresh / "mail").exists()
        assert lianyi(fresh, "outbox", "decide", str(row["id"]), "--outcome", "sent").stdout == "Noted.\n"
        again = lianyi(fresh, "outbox", "decide", str(row["id"]), "--outcome", "again")
        assert (again.returncode, again.stderr) == (1, f"Row {row['id']} was sent; there is nothing to decide.\n")
        assert inside(fresh, FILL.replace('"k"', '"later"'), data) == [sha256]
        assert lianyi(fresh, "outbox", "release").stdout == "Released: what is due leaves now.\n"
        assert lianyi(fresh, "outbox", "release").stdout == "This outbox was not held.\n"
        eventually(lambda: [one["state"] for one in rows(fresh)] == ["sent", "sent"], "the later one sent")
        assert running.stop() == 0
    assert [(one["key"], one["attempts"]) for one in rows(fresh)] == [("later", 1), ("k", 0)]
    assert len(list((fresh / "mail").iterdir())) == 1


def test_a_harmed_picture_is_refused(stopped_home: Path, tmp_path: Path) -> None:
    file, data = tmp_path / "saved.tar", picture()
    inside(stopped_home, FILL, data)
    assert lianyi(stopped_home, "backup", str(file)).returncode == 0
    whole = file.read_bytes()
    assert whole.count(data) == 1
    file.write_bytes(whole.replace(data, data[:-1] + b"\0"))
    refused = lianyi(tmp_path / "fresh", "restore", str(file))
    assert (refused.returncode, "media/1/" in refused.stderr) == (1, True)
    assert not (tmp_path / "fresh").exists()


CUT_SHORT = """
import os, signal, sys
from pathlib import Path
from lianyi.assembly import backup
from lianyi.assembly.environment import Environment
from lianyi.assembly.processes.installation import Installation
environment = Environment.read(os.environ)
backup.unpack(Path(sys.argv[1]), environment)
with Installation().open(as_it_is=True):
    backup.load_database(Path(sys.argv[1]), environment)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_restore_that_was_cut_short_never_starts(stopped_home: Path, tmp_path: Path) -> None:
    """Between the database and the hold on what it would send."""
    file, fresh = tmp_path / "saved.tar", tmp_path / "fresh"
    inside(stopped_home, FILL, picture())
    assert lianyi(stopped_home, "backup", str(file)).returncode == 0
    killed = subprocess.run([sys.executable, "-c", CUT_SHORT, str(file)], env=variables_of(fresh))
    assert killed.returncode == -signal.SIGKILL
    words = f"A restore into {fresh} was cut short. Remove that folder"
    for verb in (["up"], ["outbox", "release"], ["drain"]):
        refused = lianyi(fresh, *verb)
        assert (refused.returncode, refused.stdout, refused.stderr.startswith(words)) == (1, "", True), refused.stderr
    again = lianyi(fresh, "restore", str(file))
    assert (again.returncode, "holds" in again.stderr) == (1, True)
    assert not (fresh / "mail").exists()
