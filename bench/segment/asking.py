"""What is asked of the filled workspace, each in a process of its own with Django set up: `python -m
bench.segment.asking WHAT` prints one JSON object.

- `three`: the three segments from nothing, after one other question.
- `changed`: what a batch costs them after each hundredth of the people did something.
- `twenty`: the same with twenty segments.
- `many`: two hundred segments from nothing.
- `fresh twenty`, `fresh many`: so many segments, the last one of those who did an event that nobody did yet, and a
  key to send that with.
- `previews`: each rule of `bench/rules`, of which nothing was asked before.
- `scores`: everybody is scored by settings that were taken.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.laked import WORKSPACE

RULES = Path(__file__).parents[1] / "rules"
PEOPLE = 500_000  # of those whom the traffic knew at first, everybody is there


def days(number: int) -> dict[str, Any]:
    """The last days."""
    return {"test": "within", "days": number}


ACTIVE = {
    "kind": "all_of",
    "rules": [
        {"kind": "did", "event": "*", "at_least": 15},
        {"kind": "did", "event": "*", "during": days(30)},
    ],
}
THREE = {
    "Attribute and tag": {
        "kind": "all_of",
        "rules": [
            {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "city-7"}},
            {"kind": "tagged", "tag": "tag-5", "dimension": "attribute"},
        ],
    },
    "Active": ACTIVE,
    "Active, others, readers": {
        "kind": "all_of",
        "rules": [
            {"kind": "in_segment", "segment": 2},
            {"kind": "not", "rule": {"kind": "in_segment", "segment": 1}},
            {"kind": "did", "event": "Email Opened"},
        ],
    },
}


def three() -> dict[str, Any]:
    """Makes them and asks."""
    said: dict[str, Any] = {}
    _begin()
    with _timed(said, "first"):
        numbers = _made(THREE)
    said["sizes"] = _sizes(numbers)
    return said


def changed() -> dict[str, Any]:
    """The seconds that the projector of segments takes for the news of 10,000 people."""
    _begin()
    return _followed(_made(THREE))


def twenty() -> dict[str, Any]:
    """The same with twenty segments."""
    _begin()
    return _followed(_made({**THREE, **{f"Mixed {place}": _mixed(place) for place in range(17)}}))


def fresh(others: int) -> dict[str, Any]:
    """Makes the segments; the secret of a write key, and the number of the last one."""
    rules = {**THREE, **{f"Mixed {place}": _mixed(place) for place in range(others - 4)}}
    _begin()
    event = f"Fresh {others}"
    numbers = _made({**rules, event: {"kind": "did", "event": event, "during": days(1)}})
    return {"secret": _key()[1], "segment": numbers[-1], "live": len(numbers), "event": event}


def _key() -> tuple[Any, str]:
    from lianyi.foundation.workspaces.actions import create_write_key
    from lianyi.foundation.workspaces.models import Workspace, WriteKey

    return create_write_key(Workspace.objects.get(pk=WORKSPACE), WriteKey.Kind.SERVER, "bench")


def _followed(numbers: list[int]) -> dict[str, Any]:
    """Has the whole pipeline take events of a hundredth of the people, and says what segments took of it."""
    from lianyi.assembly.pipeline import Pipeline, projectors
    from lianyi.audience.segments import upkeep
    from lianyi.audience.segments.projector import SegmentsProjector
    from lianyi.kernel.clock import system_clock

    upkeep.prepare(WORKSPACE)
    said: dict[str, Any] = {"seconds": 0.0, "cpu": 0.0, "events": 0, "batches": 0, "before": _sizes(numbers)}
    project = SegmentsProjector.project

    def timed(self: SegmentsProjector, batch: Any) -> None:
        began, cpu = time.perf_counter(), time.process_time()
        project(self, batch)
        said["seconds"] += time.perf_counter() - began
        said["cpu"] += time.process_time() - cpu
        said["events"] += len(batch.events)
        said["batches"] += 1

    chain = projectors()
    pipeline = Pipeline(1, system_clock, chain)
    pipeline.start()
    _append(1_000)  # what the first batch of a process waits for is not counted
    while pipeline.step():
        pass
    SegmentsProjector.project = timed  # type: ignore[method-assign]
    _append(10_000)
    while pipeline.step():
        pass
    pipeline.flush(all_of_it=True)
    return {**said, "after": _sizes(numbers)}


def _append(events: int) -> None:
    """What people do just now, with one event each mostly, as the edge would have taken it."""
    from django.db import transaction

    from bench.generate import Mix, bodies
    from lianyi.events.intake.segment import accept
    from lianyi.events.intake.senders import Key
    from lianyi.events.log.actions import append_row
    from lianyi.events.log.appending import NewRow, day_of
    from lianyi.events.log.rows import ensure_partitions
    from lianyi.kernel.clock import system_clock, to_micros

    ensure_partitions(system_clock())
    now = to_micros(system_clock())
    mix = Mix(people=PEOPLE, seed=now, start=now - 60_000_000, end=now, new=0, joins=0, repeats=0)
    key = Key(_key()[0].pk, WORKSPACE, True, "default")
    with transaction.atomic():
        for body in bodies(mix, events, a_body=500):
            taken = accept(body, "segment", key, now)
            append_row(NewRow(day_of(now), WORKSPACE, key.id, "segment", now, taken.taken, taken.ids, taken.body))


def many(number: int = 200) -> dict[str, Any]:
    """Makes so many of all kinds, two of ten about behaviour, and asks."""
    said: dict[str, Any] = {}
    _begin()
    with _timed(said, "many"):
        numbers = _made({f"Mixed {place}": _mixed(place) for place in range(number)})
    said["sizes"] = _sizes(numbers)
    return said


def _mixed(place: int) -> dict[str, Any]:
    events = ("Product Viewed", "Link Clicked", "Order Completed", "Product Added", "Email Opened")
    fact: dict[str, Any]
    match place % 10:
        case 0 | 1:
            fact = {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": f"city-{place}"}}
        case 2:
            fact = {"kind": "trait", "trait": "points", "is": {"test": "range", "at_least": 30 * place}}
        case 3:
            fact = {"kind": "trait", "trait": "birthday", "is": {"test": "anniversary", "within_days": 1 + place % 30}}
        case 4:
            fact = {"kind": "stage", "one_of": ["repeat"]}
        case 5:
            fact = {"kind": "source", "touch": "any", "channel": ("wechat", "weibo", "search")[place % 3]}
        case 6 | 7:
            fact = {"kind": "did", "event": events[place % 5], "at_least": 1 + place % 4, "during": days(1 + place)}
        case 8:
            fact = {"kind": "did_when", "event": events[place // 10 % 5], "which": "last"}
            fact["is"] = {"test": "from_today", "from_days": -place}
        case _:
            fact = {"kind": "trait", "trait": "likes", "is": {"test": "has", "values": [f"like-{place % 18}"]}}
    return {
        "kind": "all_of",
        "rules": [fact, {"kind": "tagged", "tag": f"tag-{1 + place % 29}", "dimension": "attribute"}],
    }


def previews() -> dict[str, Any]:
    """By rule the seconds of the first time and of the second, and how many people there are."""
    from lianyi.audience.segments.previewing import preview
    from lianyi.kernel.clock import system_clock, to_micros
    from lianyi.rules.reading import read

    _begin()
    _made(THREE)
    found = {}
    for path in sorted(RULES.glob("*.json")):
        rule = read(path.read_bytes())
        times, cpu = [], time.process_time()
        for _ in range(2):
            began = time.perf_counter()
            people = len(preview(WORKSPACE, rule, to_micros(system_clock()), "en").people)
            times.append(time.perf_counter() - began)
        found[path.stem] = [*times, time.process_time() - cpu, people]
    return {"rules": found}


def scores() -> dict[str, Any]:
    """Takes the settings that are offered, and scores everybody."""
    from datetime import UTC, datetime

    from lianyi.audience.scoring import queries, upkeep
    from lianyi.audience.scoring.actions import change_settings
    from lianyi.kernel.clock import system_clock, to_micros

    said: dict[str, Any] = {}
    _begin()
    change_settings(WORKSPACE, queries.scoring(WORKSPACE).settings, datetime.now(UTC))
    with _timed(said, "scores"):
        upkeep.build(WORKSPACE, to_micros(system_clock()))
    said["matrix"] = queries.counts(WORKSPACE, to_micros(system_clock()))
    return said


def _begin() -> None:
    """There are no segments of earlier questions, and something was asked, as in a process that is not new: libraries
    are loaded, and the database is connected.
    """
    from django.db import connection

    from lianyi.audience.segments.previewing import preview
    from lianyi.kernel.clock import system_clock, to_micros
    from lianyi.rules.reading import read

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE segment, segment_stamp, segment_use, segment_members, segment_change")
    asked = {"kind": "any_of", "rules": [{"kind": "did", "event": "Nothing"}, {"kind": "identified", "by": "phone"}]}
    preview(WORKSPACE, read(json.dumps(asked)), to_micros(system_clock()), "en")


def _made(rules: dict[str, dict[str, Any]]) -> list[int]:
    from datetime import UTC, datetime

    from lianyi.audience.segments.actions import create_segment
    from lianyi.audience.segments.upkeep import build
    from lianyi.kernel.clock import system_clock, to_micros
    from lianyi.rules.reading import read

    numbers = [
        create_segment(WORKSPACE, name, read(json.dumps(rule)), datetime.now(UTC)) for name, rule in rules.items()
    ]
    if build(WORKSPACE, to_micros(system_clock())) != len(rules):
        raise RuntimeError("not all of them were asked about")
    return numbers


def _sizes(numbers: list[int]) -> list[int]:
    from lianyi.audience.segments.queries import segment

    return [segment(WORKSPACE, number).size for number in numbers]


@contextmanager
def _timed(said: dict[str, Any], name: str) -> Iterator[None]:
    began, cpu = time.perf_counter(), time.process_time()
    yield
    said[name] = time.perf_counter() - began
    said[f"{name} cpu"] = time.process_time() - cpu
    said["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


WHAT: dict[str, Callable[[], dict[str, Any]]] = {
    "three": three,
    "changed": changed,
    "twenty": twenty,
    "many": many,
    "fresh twenty": lambda: fresh(20),
    "fresh many": lambda: fresh(200),
    "previews": previews,
    "scores": scores,
}

if __name__ == "__main__":
    from lianyi.assembly.postgres import EmbeddedPostgres

    with EmbeddedPostgres(Path(os.environ["LIANYI_HOME"])):
        import django

        django.setup()
        print(json.dumps(WHAT[sys.argv[1]]()))
