"""Loads the demo brand into a workspace by the same imports as anybody's files. Doing it again changes nothing."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from lianyi.assembly.demo.data import DemoFile, demo_files
from lianyi.events.catalogue.queries import seen_types
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import EVENTS_IN_A_ROW, record_own
from lianyi.foundation.workspaces.actions import edit_workspace
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.clock import MINUTE, system_clock, to_micros
from lianyi.kernel.ids import digest
from lianyi.kernel.sentences import Tell
from lianyi.people.imports.actions import import_file, prepare
from lianyi.people.imports.mapping import read_mapping
from lianyi.people.imports.schemas import Result

ORIGIN = "demo:generated"
CURRENCY = "GBP"  # of the orders
_TRACES = ("person.identified", "order.line", "order.placed", "Order Completed")  # of a workspace that has begun

Progress = Callable[[DemoFile], AbstractContextManager[Callable[[int], None]]]


class Loaded(NamedTuple):
    """One file that was loaded."""

    file: DemoFile
    result: Result


def load(
    workspace: Workspace, data: Path | None, home: Path, min_free: int, progress: Progress, tell: Tell = str
) -> Iterator[Loaded]:
    """Imports the three files one after the other, and then records the generated events that fill what they lack."""
    take_currency(workspace)
    for file in demo_files(data, home / "demo"):
        mapping = read_mapping(Path(__file__).parent / file.mapping, file.kind)
        prepared = prepare(workspace, file.path, file.kind, mapping)
        with progress(file) as advance:
            done = 0

            def told(position: int) -> None:
                nonlocal done
                advance(position - done)
                done = position

            result = import_file(
                workspace, prepared, system_clock, told, folder=home / "imports", min_free=min_free, tell=tell
            )
        yield Loaded(file, result)
    with transaction.atomic():
        record_fillers(workspace)


def take_currency(workspace: Workspace) -> None:
    """A new brand counts in pounds, as its orders are paid: only amounts in a workspace's currency are summed up."""
    if not seen_types(workspace.pk, _TRACES):
        names = ("name", "zone", "region", "language", "password_days")
        edit_workspace(workspace, **{name: getattr(workspace, name) for name in names}, currency=CURRENCY)


def record_fillers(workspace: Workspace) -> int:
    """Events of Share, which the public files have none of: some of the shop's visitors shared what they saw. Each is
    marked as generated. Their number.
    """
    rnd = random.Random("demo")  # noqa: S311
    first = to_micros(datetime(2024, 1, 15, 8, tzinfo=UTC))
    events = []
    for user in range(600):
        name, at = f"user_{user:04}", first + rnd.randrange(270_000) * MINUTE
        if rnd.random() < 0.18:
            events.append(generated("Product Shared", name, at))
    record_generated(workspace, events)
    return len(events)


def record_generated(workspace: Workspace, events: Sequence[OwnEvent]) -> None:
    """Records them, row by row."""
    for start in range(0, len(events), EVENTS_IN_A_ROW):
        record_own(workspace.pk, list(events[start : start + EVENTS_IN_A_ROW]))


def generated(
    name: str,
    user: str,
    at: int,
    of: tuple[str, ...] = (),
    facts: Mapping[str, object] | None = None,
    source: tuple[str, str, str, str] | None = None,
) -> OwnEvent:
    """An event that no file has, of a visitor of the shop, marked as generated. `of` tells those of one name and user
    apart.
    """
    return OwnEvent(
        id=digest("demo", *of, name, user).hex(),
        name=name,
        at=at,
        who=[("user_id", "default", user, True)],
        origin=ORIGIN,
        properties={**(facts or {}), "generated": True},
        source=source,
    )
