"""The rows of group `segment`: a million people, 2.9 million tags and ten million events, members committed with their
history. Nothing else runs meanwhile: the installation is up only where it is what is measured.
"""

import base64
import http.client
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from bench.installation import Installation, installation, new_home, variables_of
from bench.rows import Row, row
from bench.segment import rowwise
from bench.segment.filling import EVENTS, PEOPLE_BEFORE, TAGS, filled, recent

LARGE = 10  # times as many
POSTS = 200
SMALLER = 10  # times fewer for the peer, which would take hours


def rows(size: str, *, peers: bool) -> list[Row]:
    """The group's measurements."""
    home = new_home()
    times = LARGE if size == "large" else 1
    try:
        people = filled(home, recent(PEOPLE_BEFORE * times), EVENTS * times)
        tags, events = people * TAGS / 10 / 1e6, EVENTS * times / 1e6
        said = f"{people:,} people, {tags:.1f} million tags, {events:.0f} million events"
        found = _from_nothing(home, said, large=size == "large")
        if size != "large":
            found += [*_kept(home, said), *_previews(home, said), *_scores(home, said), *_fresh(home, said)]
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return [*found, *_beside_peer()] if peers else found


def _from_nothing(home: Path, said: str, *, large: bool) -> list[Row]:
    three = _ask(home, "three")
    if min(three["sizes"]) == 0:
        raise RuntimeError(f"these are no segments: {three}")
    name = "three segments from nothing"
    found = [
        _row(f"{name}, large" if large else name, three["first"], "s", said, 15 if large else 1.1),
        _row(
            f"{name}: memory{', large' if large else ''}", three["memory"] / 1e6, "MB", said, 6_000 if large else None
        ),
    ]
    if not large:
        many = _ask(home, "many")
        found.append(_row("two hundred segments from nothing", many["many"], "s", said, 30))
    return found


def _kept(home: Path, said: str) -> list[Row]:
    three, twenty = _ask(home, "changed"), _ask(home, "twenty")
    each = f"{said}; {three['events']:,} events of a hundredth of the people, {three['batches']} batches"
    return [
        _row("three segments after 1 % of the people changed", 1000 * three["seconds"], "ms", each, 100),
        _row("twenty segments: an event", 1e6 * twenty["cpu"] / twenty["events"], "µs CPU", each, 50),
    ]


def _previews(home: Path, said: str) -> list[Row]:
    rules = _ask(home, "previews")["rules"]
    slowest = max(rules, key=lambda name: rules[name][0])
    again = max(seconds for _, seconds, _, _ in rules.values())
    return [
        _row(f"the slowest preview of {len(rules)} rules", 1000 * rules[slowest][0], "ms", f"{said}; {slowest}", 300),
        _row(f"the slowest preview of {len(rules)} rules, again", 1000 * again, "ms", said),
    ]


def _scores(home: Path, said: str) -> list[Row]:
    return [_row("fit and engagement of everybody from nothing", _ask(home, "scores")["scores"], "s", said, 3)]


def _fresh(home: Path, said: str) -> list[Row]:
    found = []
    for what, limit in (("fresh twenty", 1), ("fresh many", 5)):
        asked = _ask(home, what)
        with installation(home) as running:
            seconds = _times_to_members(running, asked)
        number = asked["live"]
        found.append(
            _row(
                f"an event to membership, {number} live segments, p99",
                seconds[int(0.99 * len(seconds))],
                "s",
                said,
                limit,
            )
        )
    return found


def _times_to_members(running: Installation, asked: dict[str, Any]) -> list[float]:
    """From before each post until the segment has one more, ascending; the first is not counted."""
    authorization = "Basic " + base64.b64encode(f"{asked['secret']}:".encode()).decode()
    segment = asked["segment"]
    edge = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    times = []
    with running.connect() as database:
        for person in range(POSTS + 1):
            before, began = _size(database, segment), time.perf_counter()
            event = {"userId": f"u{10 * person}", "event": asked["event"], "messageId": f"{asked['event']} {person}"}
            edge.request("POST", "/v1/track", json.dumps(event), {"Authorization": authorization})
            answer = edge.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"the edge answers {answer.status}")
            while _size(database, segment) == before:
                if time.perf_counter() - began > 120:
                    raise RuntimeError("nobody entered within two minutes")
                time.sleep(0.002)
            times.append(time.perf_counter() - began)
    return sorted(times[1:])


def _size(database: psycopg.Connection[Any], segment: int) -> int:
    found = database.execute("SELECT size FROM segment WHERE number = %s", [segment]).fetchone()
    assert found is not None
    return int(found[0])


def _beside_peer() -> list[Row]:
    home = new_home()
    try:
        people = filled(home, recent(PEOPLE_BEFORE // SMALLER), EVENTS // SMALLER)
        ours = _ask(home, "three")
        seconds, sizes = rowwise.three(home / "lake" / "1" / "events")
    finally:
        shutil.rmtree(home, ignore_errors=True)
    if any(abs(one - other) > max(one, other) / 100 for one, other in zip(ours["sizes"], sizes, strict=True)):
        raise RuntimeError(f"they disagree: {ours['sizes']} and {sizes}")
    said = f"{people:,} people, {EVENTS // SMALLER / 1e6:.0f} million events; the same members"
    return [
        row(
            "three segments from nothing, a tenth of the people",
            "segment",
            ours["first"],
            "s",
            size=said,
            better="lower",
            peer="row by row on PostgreSQL",
            peer_value=seconds,
        )
    ]


def _row(name: str, value: float, unit: str, size: str, limit: float | None = None) -> Row:
    return row(name, "segment", value, unit, size=size, limit=limit, better="lower")


def _ask(home: Path, what: str) -> dict[str, Any]:
    asked = subprocess.run(
        [sys.executable, "-m", "bench.segment.asking", what],
        env={**variables_of(home), "DJANGO_SETTINGS_MODULE": "lianyi.assembly.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        raise RuntimeError(asked.stderr)
    told: dict[str, Any] = json.loads(asked.stdout.splitlines()[-1])
    return told
