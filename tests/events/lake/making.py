"""Batches for the tests of the lake: small, with every column told apart."""

import json
import random
from collections.abc import Sequence

from lianyi.events.lake import actions, queries
from lianyi.events.lake.schemas import Row
from lianyi.events.schemas import Batch, Event, Source
from lianyi.kernel.ids import digest

SOURCES = [None, Source("wechat", "social", "spring", "c1"), Source("direct", "", "", "")]
START = 1_700_000_000_000_000
SECOND = 1_000_000


def event(position: int, text: str, *, at: int = START, name: str = "page.viewed", machine: bool = False) -> Event:
    """One event whose id and JSON follow from `text`."""
    return Event(
        position=position,
        id=digest(text),
        name=name,
        occurred_at=at,
        received_at=at + 5,
        claims=(),
        form="segment",
        key=7,
        trusted=position % 2 == 0,
        scope="default",
        origin="segment",
        source=SOURCES[position % 3],
        machine=machine,
        traits=None,
        properties={},
        raw=json.dumps({"messageId": text}, ensure_ascii=False).encode(),
    )


def batch(number: int, identities: Sequence[int], *, at: int | None = None) -> Batch:
    """A batch with one event for each identity number, at `at` (default: `number` seconds after START)."""
    moment = START + number * SECOND if at is None else at
    events = [event(position, f"{number}/{position}", at=moment) for position in range(len(identities))]
    return Batch(1, number, events, list(identities))


def random_batches(count: int, *, seed: int, size: int = 20, people: int = 12, after: int = 0) -> list[Batch]:
    """Batches of up to `size` events of `people` identities (0: none among them), at shuffled times."""
    rng = random.Random(seed)
    made = []
    for number in range(after + 1, after + count + 1):
        identities = [rng.randrange(people) for _ in range(rng.randrange(size))]
        made.append(batch(number, identities, at=START + rng.randrange(50) * SECOND))
    return made


def rows_of(batches: Sequence[Batch]) -> list[Row]:
    """What the lake is to hold of the batches, in order."""
    return [
        Row(
            made.number, e.position, e.id, e.name, e.occurred_at, e.received_at, identity,
            *(e.source or (None,) * 4), e.machine, e.form, e.key, e.trusted, e.scope, e.origin, e.raw,
        )
        for made in batches
        for e, identity in zip(made.events, made.numbers, strict=True)
    ]  # fmt: skip


def write(root: str, workspace: int | str, batches: Sequence[Batch], *, epoch: int, fence: int) -> int:
    """Appends the batches; the last one that the lake now holds."""
    rows = {made.number: actions.columns_of(made) for made in batches}
    return actions.write(root, workspace, rows, epoch=epoch, fence=fence)


def held_rows(root: str) -> list[Row]:
    """What the lake of workspace 1 holds, in order of batch and position."""
    return [row for _, rows in queries.batches_after(root, 1, 0) for row in rows]
