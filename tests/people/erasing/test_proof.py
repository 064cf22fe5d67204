"""The proof, on a whole installation that runs: after an erasure no file of the home, no dump of the database and no
backup made since has anything of the person, while everything of another is found; and older backups bring nobody back.
"""

import base64
import json
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow.parquet as pq
from tests.program import Up, eventually, lianyi

from lianyi.assembly.environment import DATABASE_NAME, embedded_conninfo, socket_folder
from lianyi.assembly.postgres import preferred
from lianyi.assembly.postgres.cluster import admin

HERS = ("+8613912345678", "lihua@shop.cn", "李华华", "cookie-lihua", "user-lihua", "13912345678", "order-lihua")
HIS = ("+8613787654321", "wangwei@shop.cn", "王伟伟", "cookie-wangwei", "user-wangwei", "13787654321", "order-wangwei")


def send(running: Up, *messages: dict[str, Any]) -> None:
    connection = HTTPConnection("127.0.0.1", urlsplit(running.ready["url"]).port or 0, timeout=30)
    key = base64.b64encode(f"{running.ready['write_key']}:".encode()).decode()
    body = json.dumps({"batch": list(messages)}, ensure_ascii=False).encode()
    connection.request("POST", "/v1/batch", body, {"Authorization": f"Basic {key}"})
    assert connection.getresponse().status == 200
    connection.close()


def events(person: tuple[str, ...], salt: str = "") -> list[dict[str, Any]]:
    phone, email, name, cookie, user, _, order = person
    traits = {"phone": phone, "phone_verified": True, "email": email, "email_verified": True, "name": name}
    return [
        {"type": "track", "event": "Product Viewed", "messageId": f"1{user}{salt}", "anonymousId": cookie},
        {"type": "identify", "messageId": f"2{user}{salt}", "userId": user, "anonymousId": cookie, "traits": traits},
        {
            "type": "track",
            "event": "Order Completed",
            "messageId": f"3{user}{salt}",
            "userId": user,
            "properties": {"order_id": order, "total": 12, "currency": "CNY"},
        },
    ]


def import_both(home: Path, folder: Path) -> None:
    """Two rows that are refused, and kept in a file to be mended."""
    file = folder / "people.csv"
    lines = [f"{phone},{email},{name},1,2" for phone, email, name, *_ in (HERS, HIS)]
    file.write_text("phone,email,name,city\n" + "\n".join(lines) + "\n", encoding="utf-8")
    mapping = folder / "map.yaml"
    first = lianyi(home, "import", "people", str(file), "--write-map", str(mapping), "--json")
    assert (first.returncode, json.loads(first.stdout)["refused"]) == (3, 2), first.stderr


def found(contents: Iterable[bytes], needles: Iterable[str]) -> set[str]:
    left = {needle: needle.encode() for needle in needles}
    seen: set[str] = set()
    for content in contents:
        seen |= {needle for needle, data in left.items() if data in content}
    return seen


def files(home: Path) -> Iterable[bytes]:
    """Everything in a home, the columns of Parquet files unpacked."""
    for path in sorted(home.rglob("*")):
        if path.suffix == ".parquet":
            for batch in pq.ParquetFile(path).iter_batches():
                yield from (str(column.to_pylist()).encode() for column in batch.columns)
        elif path.is_file():
            yield path.read_bytes()


def dump(home: Path) -> bytes:
    program = preferred().program("pg_dump")
    text = subprocess.run([program, f"--dbname={embedded_conninfo(home)}"], capture_output=True, check=True).stdout
    return text + b"".join(bytes.fromhex(word[3:].decode()) for word in text.split() if word.startswith(b"\\\\x"))


def number_of(home: Path, needle: str) -> int:
    return int(json.loads(lianyi(home, "people", "find", needle, "--json").stdout.splitlines()[0])["person"])


def test_nothing_of_the_person_is_left_in_any_file(up: Callable[..., Up], stopped_home: Path, tmp_path: Path) -> None:
    home = stopped_home
    running = up("--json").wait_until_ready()
    for person in (HERS, HIS):
        send(running, *events(person))
    import_both(home, tmp_path)
    assert lianyi(home, "drain").returncode == 0
    older = tmp_path / "older.tar"
    assert lianyi(home, "backup", str(older)).returncode == 0
    send(running, *events(HERS, "later"), *events(HIS, "later"))
    everything = {*HERS, *HIS}
    eventually(lambda: found(files(home), everything) == everything, "all is written")
    assert found([dump(home)], everything) == everything

    with admin(socket_folder(home), DATABASE_NAME) as connection:
        connection.execute("ANALYZE")  # PostgreSQL's statistics hold samples of values
    person = number_of(home, HERS[4])
    assert lianyi(home, "people", "erase", str(person), "--json").returncode == 1
    done = lianyi(home, "people", "erase", str(person), "--yes", "--now", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["person"], told["identities"], told["exports"]) == (person, 4, 0)
    assert told["database"]["identity"] == 4
    assert min(told["log"].values()) > 0
    again = lianyi(home, "people", "erase", str(person), "--yes", "--json")
    assert (again.returncode, "erased before" in again.stderr) == (1, True)

    assert lianyi(home, "drain").returncode == 0
    assert found([dump(home)], everything) == set(HIS)
    assert found(files(home), everything) == set(HIS)
    newer = tmp_path / "newer.tar"
    assert lianyi(home, "backup", str(newer)).returncode == 0
    for name in ("identity", "profiles", "lifecycle"):
        assert json.loads(lianyi(home, "replay", name, "--check", "--json").stdout)["different"] == [], name
    assert running.stop() == 0
    with tarfile.open(newer) as archive:
        archive.extractall(tmp_path / "newer")  # of our own making; Debian's Python 3.11.2 knows no filter
    assert found(files(tmp_path / "newer" / "lake"), everything) & set(HERS) == set()
    fresh = tmp_path / "fresh"
    (fresh / "erased").mkdir(parents=True)
    (listed,) = (home / "erased").iterdir()
    (fresh / "erased" / listed.name).write_bytes(listed.read_bytes())
    restored = lianyi(fresh, "restore", str(older), "--json")
    assert (restored.returncode, json.loads(restored.stdout)["erased"]) == (0, 1), restored.stderr
    assert found(files(fresh), everything) == set(HIS)
    for name in ("identity", "profiles", "lifecycle"):
        assert json.loads(lianyi(fresh, "replay", name, "--check", "--json").stdout)["different"] == [], name
    other = tmp_path / "other"
    listed.write_text(listed.read_text().replace('"key": "', '"key": "f'))
    refused = lianyi(other, "restore", str(older), "--erased", str(home / "erased"))
    assert (refused.returncode, "another installation's key" in refused.stderr) == (1, True), refused.stderr
    assert not (other / "pg").exists()


def test_an_erasure_while_events_keep_coming(up: Callable[..., Up], stopped_home: Path) -> None:
    home = stopped_home
    running = up("--json").wait_until_ready()
    for person in (HERS, HIS):
        send(running, *events(person))
    assert lianyi(home, "drain").returncode == 0
    hers, his = number_of(home, HERS[4]), number_of(home, HIS[4])
    stopping, sent = threading.Event(), 0

    def keep_sending() -> None:
        nonlocal sent
        while not stopping.is_set():
            view = {"type": "track", "event": "Product Viewed"}
            send(
                running,
                {**view, "messageId": f"her-{sent}", "userId": HERS[4], "anonymousId": HERS[3]},
                {**view, "messageId": f"his-{sent}", "userId": HIS[4]},
            )
            sent += 1

    sender = threading.Thread(target=keep_sending)
    sender.start()
    try:
        eventually(lambda: sent >= 50, "events come")
        done = lianyi(home, "people", "erase", str(hers), "--yes", "--now", "--json")
        at_erasure = sent
        eventually(lambda: sent >= at_erasure + 50, "events keep coming")
    finally:
        stopping.set()
        sender.join()
    assert done.returncode == 0, done.stderr
    assert lianyi(home, "drain").returncode == 0
    assert lianyi(home, "people", "show", str(hers)).returncode == 1
    assert number_of(home, HERS[4]) > max(hers, his)
    seen = [json.loads(line) for line in lianyi(home, *of(his)).stdout.splitlines()]
    assert sum(one["name"] == "Product Viewed" for one in seen) == sent + 1
    back = [json.loads(line) for line in lianyi(home, *of(number_of(home, HERS[4]))).stdout.splitlines()]
    assert 50 <= len(back) < sent
    assert {one["name"] for one in back} <= {"Product Viewed", "stage.changed"}
    assert found([dump(home)], HERS) == {HERS[3], HERS[4]}  # what she is known by now
    for name in ("identity", "profiles", "lifecycle"):
        assert json.loads(lianyi(home, "replay", name, "--check", "--json").stdout)["different"] == [], name
    assert running.stop() == 0


def of(person: int) -> tuple[str, ...]:
    return ("events", "--person", str(person), "--limit", "10000", "--json")
