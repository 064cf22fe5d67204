"""The identity projector: gives each event of a batch its number, keeps link facts, and forms groups.

Whatever the order of batches, the groups are those that `grouping.group` forms of all facts. Ordinary events cost a
look into the process's memory; what is new costs a fixed number of queries a batch. Numbers are a register and not
derived: the lake's rows carry them, so a replay finds each identity under the number it always had.
"""

from collections.abc import Iterable

from django.db import connection, transaction

from lianyi.events.schemas import Batch
from lianyi.foundation.workspaces.queries import region_of
from lianyi.people.identity import decisions, resolving
from lianyi.people.identity.arrays import blobs, ints
from lianyi.people.identity.fingerprints import TABLES, fingerprints
from lianyi.people.identity.grouping import Link
from lianyi.people.identity.memory import ENTRIES, Memory, Stamp
from lianyi.people.identity.news import News
from lianyi.people.identity.queries import epoch_of
from lianyi.people.identity.reading import Reading
from lianyi.people.identity.regrouping import Moved, regroup, replace_persons
from lianyi.people.identity.resolving import Resolution
from lianyi.people.identity.uniting import persons_of, unite

CAME = ("came",)  # what `News` tells of identities that are new


class IdentityProjector:
    """One per process that projects; at most one at a time projects a workspace."""

    name = "identity"

    def __init__(self, *, entries: int = ENTRIES, news: News | None = None) -> None:
        self._memory = Memory(entries)
        self._news = News() if news is None else news

    def project(self, batch: Batch) -> None:
        """Fills `batch.numbers` and keeps what the batch says, in the caller's transaction."""
        workspace = batch.workspace
        self._news.begin(workspace, batch.number)
        last, stamp = _lock(workspace)
        reading = Reading(batch, self._memory.recall(workspace, stamp))
        reading.begin()
        found = resolving.resolve(workspace, stamp.region, reading.unknown, last)
        reading.finish(found.values)
        decided = decisions.apply(workspace, reading.decisions, reading.decided(found.values))
        news = _keep_links(workspace, reading.links.values()) + decided.links
        _form_groups(batch, news, found, decided.disturbed)
        if found.newcomers:
            self._news.of_identities(CAME, (one.number for one in found.newcomers))
        if found.last > last:
            _count(workspace, last, found.last)
        times = {key: link.occurred_at for key, link in reading.links.items()}
        transaction.on_commit(lambda: self._memory.learn(workspace, stamp, found.values, times))

    def attach(self, batch: Batch) -> None:
        """Fills `batch.numbers` of a batch that was projected before; changes nothing. What is not known gets 0."""
        workspace = batch.workspace
        stamp = _stamp(workspace)
        reading = Reading(batch, self._memory.recall(workspace, stamp))
        reading.begin()
        found = resolving.look_up(workspace, stamp.region, reading.unknown)
        reading.finish(found.values)
        sure = {claim: value for claim, value in found.values.items() if claim not in found.news}
        transaction.on_commit(lambda: self._memory.learn(workspace, stamp, sure, {}))

    def forget(self, workspace: int) -> None:
        """Takes back every group, fact and question; the register of numbers stays."""
        self._memory.forget(workspace)
        with connection.cursor() as cursor:
            for table in TABLES.keys() - {"identity"}:
                cursor.execute(f"DELETE FROM {table} WHERE workspace = %s", [workspace])
            cursor.execute("UPDATE identity SET person = 0, strong = false WHERE workspace = %s", [workspace])
            cursor.execute("UPDATE identity_counter SET epoch = epoch + 1 WHERE workspace = %s", [workspace])

    def forget_cache(self) -> None:
        """Drops the process's memory, which is never necessary: it holds committed facts that do not change."""
        self._memory = Memory(self._memory.entries)

    def fingerprint(self, workspace: int) -> dict[str, str]:
        """A digest for each table."""
        return fingerprints(workspace)


def raise_epochs() -> None:
    """Has every process read again what it remembers of numbers and people."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE identity_counter SET epoch = epoch + 1")


def _lock(workspace: int) -> tuple[int, Stamp]:
    """The last number given and what numbers depend on; nobody else gives numbers until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO identity_counter AS c (workspace, last, epoch) VALUES (%s, 0, 0)
            ON CONFLICT (workspace) DO UPDATE SET last = c.last RETURNING last, epoch
            """,
            [workspace],
        )
        last, epoch = cursor.fetchone()
    return last, Stamp(epoch, region_of(workspace))


def _stamp(workspace: int) -> Stamp:
    return Stamp(epoch_of(workspace), region_of(workspace))


def _count(workspace: int, before: int, last: int) -> None:
    """Keeps the last number. Whenever it has doubled, PostgreSQL takes statistics: of a workspace that they do not know
    it expects one row, and would read all of them for each query until it looks by itself, a minute later.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE identity_counter SET last = %s WHERE workspace = %s", [last, workspace])
        if last.bit_length() > max(before.bit_length(), 10):
            cursor.execute("ANALYZE (SKIP_LOCKED) identity, link")


def _keep_links(workspace: int, links: Iterable[Link]) -> list[Link]:
    """Writes the link facts; those that are new, or earlier than what was known."""
    links = list(links)
    if not links:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO link (workspace, a, b, strength, occurred_at, event_id, ordinal)
            SELECT %s, * FROM unnest(
                %s::int[], %s::int[], %s::smallint[], %s::bigint[], %s::bytea[], %s::smallint[])
            ON CONFLICT (workspace, a, b, strength) DO UPDATE SET
                occurred_at = excluded.occurred_at, event_id = excluded.event_id, ordinal = excluded.ordinal
            WHERE (excluded.occurred_at, excluded.event_id, excluded.ordinal)
                < (link.occurred_at, link.event_id, link.ordinal)
            RETURNING a, b, strength
            """,
            [
                workspace,
                ints(link.a for link in links),
                ints(link.b for link in links),
                ints(int(link.strength) for link in links),
                ints(link.occurred_at for link in links),
                blobs(link.event_id for link in links),
                ints(link.ordinal for link in links),
            ],
        )
        changed = set(cursor.fetchall())
    return [link for link in links if (link.a, link.b, int(link.strength)) in changed]


def _form_groups(batch: Batch, news: list[Link], found: Resolution, decided: set[int]) -> None:
    """Unites what can simply be united, forms anew what cannot, and writes the moves."""
    workspace = batch.workspace
    united = unite(workspace, news, found.newcomers, found.upgraded)
    resolving.settle(workspace, found.newcomers, united.became)
    new = {one.number for one in found.newcomers}
    moved = replace_persons(workspace, {was: now for was, now in united.became.items() if was not in new})
    ends = {end for link in united.aside for end in (link.a, link.b)}
    unsettled = set(persons_of(workspace, ends | decided).values())
    unsettled |= {united.became.get(person, person) for person in united.disturbed}
    if unsettled:
        disturbed = bool(decided or united.disturbed)
        moved += regroup(workspace, unsettled, united.aside, disturbed=disturbed)
    _keep_moves(batch, [one for one in moved if one.number not in new])


def _keep_moves(batch: Batch, moved: list[Moved]) -> None:
    """One row for each identity that ends elsewhere than it began."""
    net: dict[int, tuple[int, int]] = {}
    for number, was, became in moved:
        net[number] = (net[number][0] if number in net else was, became)
    rows = [(batch.number, batch.workspace, number, *pair) for number, pair in net.items() if pair[0] != pair[1]]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO move (batch, workspace, number, was, became) VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (workspace, batch, number) DO UPDATE SET became = excluded.became
            """,
            rows,
        )
