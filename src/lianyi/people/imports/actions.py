"""Importing a file: `import_file`, and `try_file`, which counts the same and writes nothing.

Rows become own events in chunks; each chunk and the note that it is done are one transaction. After a crash the same
call goes on where the last chunk ended. Were that note lost, the ids of the events would still count each row once.
"""

import gc
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from lianyi.events.intake.own import OwnEvent
from lianyi.events.log import queries as log
from lianyi.events.log.actions import EVENTS_IN_A_ROW, record_own
from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.clock import Clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest
from lianyi.kernel.sentences import Tell
from lianyi.people.imports import counting, jobs
from lianyi.people.imports.preparing import Prepared, prepare
from lianyi.people.imports.refusals import HandedBack, hand_back
from lianyi.people.imports.schemas import Result
from lianyi.people.imports.shaping import Draft, Shaped, Shaper
from lianyi.people.imports.tables import RefusedRow
from lianyi.people.imports.tallies import Tally, keys_of

__all__ = ["import_file", "prepare", "try_file"]

Progress = Callable[[int], None]  # told how many bytes of the file are read
Settle = Callable[[Result], None]  # called in the transaction that ends an import

_EXAMPLES = 20
_CHUNKS_AT_ONCE = 8  # in one transaction: a commit waits for the disk


class _Row(NamedTuple):
    """A row that was taken: its id, and what it counts as."""

    draft: Draft
    id: bytes
    counts_as: str


@needs(Ability.RUN_IMPORTS)
def try_file(workspace: Workspace, prepared: Prepared, now: datetime, progress: Progress) -> Result:
    """What an import would count now. Nothing is written."""
    run = _Run(workspace, prepared, to_micros(now))
    counts = Counter[str]()
    for rows, shaped, position in run.blocks(done=0):
        counts.update(row.counts_as for row in rows)
        counts["rows"] += shaped.rows
        progress(position)
    return run.result(counts, None)


@needs(Ability.RUN_IMPORTS)
def import_file(
    workspace: Workspace,
    prepared: Prepared,
    clock: Clock,
    progress: Progress,
    *,
    folder: Path,
    min_free: int,
    tell: Tell = str,
    settle: Settle = lambda _: None,
) -> Result:
    """Imports a file, or goes on with an import of it that was cut off. Refused rows are written below `folder`, each
    with the reason in the language of `tell`.

    `settle` hears the result in the transaction that ends the import, so that both are known or neither.

    Refuses to go on while less than `min_free` bytes of the disk are free, and while another process imports the file.
    """
    job = jobs.begin(workspace, prepared, to_micros(clock()))
    run = _Run(workspace, prepared, job.started_at)
    back = hand_back(folder, f"{_stem(prepared)}-{job.pk}", prepared.table.columns, tell)
    done, place = job.rows, 0
    try:
        for rows, shaped, position in run.blocks(done=done):
            _check_room(folder, min_free)
            back.refused.write(shaped.refused)
            back.left_out.write(shaped.lacking)
            chunks = _chunks(rows[max(0, done - place) :], run, job.started_at)
            while some := list(islice(chunks, _CHUNKS_AT_ONCE)):
                with transaction.atomic():
                    for _, events in some:
                        record_own(workspace.pk, events, received_at=to_micros(clock()))
                    counts = Counter(row.counts_as for part, _ in some for row in part)
                    jobs.advance(job, {name: counts[name] for name in jobs.COUNTS} | {"rows": counts.total()})
            place += shaped.rows
            left = place - job.rows  # what was refused
            if left > 0:
                with transaction.atomic():
                    jobs.advance(job, dict.fromkeys(jobs.COUNTS, 0) | {"rows": left, "refused": left})
            progress(position)
        counted = Counter({name: getattr(job, name) for name in jobs.COUNTS})
        result = run.result(counted, back)
        with transaction.atomic():
            jobs.finish(job, to_micros(clock()))
            settle(result)
    except BaseException:
        back.drop()
        raise
    return result


class _Run:
    """One pass over a file: shapes its rows, gives them their ids, and tells what each counts as."""

    def __init__(self, workspace: Workspace, prepared: Prepared, began_at: int) -> None:
        self._workspace = workspace
        self._table = prepared.table
        self._shaper = Shaper(
            prepared.plan,
            prepared.table.columns,
            region=workspace.region,
            currency=workspace.currency,
            now=began_at,
        )
        self.origin = self._shaper.origin
        self._until = log.newest_row()  # what this import records itself is not looked for
        self._equals = Tally()
        self._counter = _counter(workspace.pk, prepared)
        self._examples: list[RefusedRow] = []
        self._codes = Counter[str]()
        self._ignored = Counter[str]()
        self._left_out = Counter[str]()
        self._lacking: list[RefusedRow] = []
        self._refused = 0

    def blocks(self, *, done: int) -> Iterator[tuple[list[_Row], Shaped, int]]:
        """Block by block: the rows that were taken, what was shaped, and how many bytes are read.

        The first `done` rows are dealt with: they are not looked up, since what they recorded would be found.
        """
        place = 0
        with _rarely_collected():
            for block in self._table.blocks():
                shaped = self._shaper.shape(block)
                self._note(shaped)
                rows = self._judged(shaped.drafts, max(0, min(done - place, len(shaped.drafts))))
                place += shaped.rows
                yield rows, shaped, block.position

    def result(self, counts: Counter[str], back: HandedBack | None) -> Result:
        """The counts, and what is worth saying beside them; what is handed back is put where it stays."""
        return Result(
            counts["rows"],
            counts["new"],
            counts["updated"],
            counts["same"],
            self._refused,
            back and back.refused.finish(),
            self._examples,
            dict(self._codes.most_common()),
            dict(self._ignored.most_common()),
            dict(self._left_out.most_common()),
            back and back.left_out.finish(),
            self._lacking,
        )

    def _judged(self, drafts: list[Draft], done: int) -> list[_Row]:
        ids = [digest(draft.content) for draft in drafts]
        for place, before in enumerate(self._equals.count(keys_of(ids)).tolist()):
            if before:  # equal rows are real: the second of them is another event than the first
                ids[place] = digest(drafts[place].content, str(before))
        known = self._counter.known(drafts)
        seen = log.seen(self._workspace.pk, ids[done:], until=self._until) if done < len(ids) else set()
        return [
            _Row(draft, one, "same" if one in seen else "updated" if was else "new")
            for draft, one, was in zip(drafts, ids, known, strict=True)
        ]

    def _note(self, shaped: Shaped) -> None:
        self._refused += len(shaped.refused)
        self._examples += shaped.refused[: _EXAMPLES - len(self._examples)]
        self._codes.update(problem.code for row in shaped.refused for problem in row.problems)
        self._ignored.update(shaped.ignored)
        self._lacking += shaped.lacking[: _EXAMPLES - len(self._lacking)]
        self._left_out.update(problem.column for row in shaped.lacking for problem in row.problems)


def _counter(workspace: int, prepared: Prepared) -> counting.Counter:
    match prepared.kind:
        case "people":
            return counting.PeopleCounter(workspace)
        case "orders":
            return counting.OrderCounter(workspace, prepared.plan.mapping.system)
        case _:
            return counting.EventCounter()


def _chunks(rows: Sequence[_Row], run: _Run, began_at: int) -> Iterator[tuple[list[_Row], list[OwnEvent]]]:
    """Rows with the events that they record, as many as fit into one row of the log."""
    part: list[_Row] = []
    events: list[OwnEvent] = []
    for row in rows:
        made = [] if row.counts_as == "same" else _events(row, run.origin, began_at)
        if len(events) + len(made) > EVENTS_IN_A_ROW:
            yield part, events
            part, events = [], []
        part.append(row)
        events += made
    if part:
        yield part, events


def _events(row: _Row, origin: str, began_at: int) -> list[OwnEvent]:
    draft = row.draft
    at = began_at if draft.at is None else draft.at
    who: list[tuple[str, str, str, bool]] = draft.who  # type: ignore[assignment]
    first = OwnEvent(row.id.hex(), draft.name, at, who, origin, draft.traits, draft.properties, draft.source)
    if not draft.more:
        return [first]
    return [
        first,
        *(
            OwnEvent(digest(row.id, str(place)).hex(), name, at, who, origin, None, said)
            for place, (name, said) in enumerate(draft.more, 1)
        ),
    ]


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Rows hold no cycles, and there are millions of them: looking for cycles took a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(500_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _check_room(folder: Path, min_free: int) -> None:
    place = folder
    while not place.exists():
        place = place.parent
    if shutil.disk_usage(place).free < min_free:
        raise Refused(
            "disk.low",
            "The disk is nearly full; the import stands still.",
            "Free some space and start the same import again: it goes on where it stopped.",
        )


def _stem(prepared: Prepared) -> str:
    name = prepared.table.seen.path.name.partition(".")[0]
    kept = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in name)
    return kept[:60] or prepared.kind
