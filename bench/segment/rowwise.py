"""The peer of segments: memberships in a relational table, row by row, as today's systems keep them.

Per segment, until nobody is left: a query counts who belongs and is no member yet, the same query again with NOT IN the
members gives a thousand of them, and these are inserted in a transaction of their own. On an embedded PostgreSQL, with
every index that the queries can use, and statistics.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from bench.segment.filling import TAGS
from lianyi.assembly.postgres import EmbeddedPostgres
from lianyi.kernel.clock import DAY

A_BATCH = 1_000
TABLES = """
CREATE TABLE event (lead_id int NOT NULL, name text NOT NULL, at bigint NOT NULL);
CREATE TABLE lead (id int PRIMARY KEY, city text NOT NULL);
CREATE TABLE lead_tag (lead_id int NOT NULL, tag_id int NOT NULL, PRIMARY KEY (tag_id, lead_id));
CREATE TABLE member (segment_id int NOT NULL, lead_id int NOT NULL, PRIMARY KEY (segment_id, lead_id));
"""
FILLED = f"""
INSERT INTO lead SELECT DISTINCT lead_id, 'city-' || lead_id::bigint * 7919 % 300 FROM event;
INSERT INTO lead_tag SELECT id, t FROM lead, generate_series(1, {TAGS}) AS t
WHERE abs(hashint4(id # (t * 7919))) % 10 = 0;
CREATE INDEX ON event (lead_id, at);
CREATE INDEX ON event (name, lead_id);
CREATE INDEX ON lead (city);
VACUUM ANALYZE;
"""
# In the order in which they ask for one another.
SEGMENTS = (
    "l.city = 'city-7' AND EXISTS (SELECT FROM lead_tag t WHERE t.lead_id = l.id AND t.tag_id = 5)",
    """
    (SELECT count(*) FROM event e WHERE e.lead_id = l.id) >= 15
    AND EXISTS (SELECT FROM event e WHERE e.lead_id = l.id AND e.at > %(since)s)
    """,
    """
    EXISTS (SELECT FROM member m WHERE m.segment_id = 2 AND m.lead_id = l.id)
    AND NOT EXISTS (SELECT FROM member m WHERE m.segment_id = 1 AND m.lead_id = l.id)
    AND EXISTS (SELECT FROM event e WHERE e.lead_id = l.id AND e.name = 'Email Opened')
    """,
)


def three(folder: Path) -> tuple[float, list[int]]:
    """The seconds that the three segments take from nothing over the events of a lake's folder, and their sizes."""
    with (
        tempfile.TemporaryDirectory(prefix="lianyi-peer-") as home,
        EmbeddedPostgres(Path(home)) as server,
        psycopg.connect(server.conninfo, autocommit=True) as database,
    ):
        _fill(database, folder)
        began = time.perf_counter()
        sizes = [_built(database, number, rule) for number, rule in enumerate(SEGMENTS, start=1)]
        return time.perf_counter() - began, sizes


def _fill(database: psycopg.Connection[Any], folder: Path) -> None:
    database.execute(TABLES)
    events = duckdb.execute(
        f"""
        WITH done AS (SELECT identity, name, occurred_at FROM '{folder}/*.parquet' WHERE identity > 0 AND NOT machine),
        seen AS (SELECT DISTINCT identity FROM '{folder}/*.parquet')
        SELECT CASE WHEN done.identity % 2 = 0 AND seen.identity IS NOT NULL THEN done.identity - 1
            ELSE done.identity END, name, occurred_at
        FROM done LEFT JOIN seen ON seen.identity = done.identity - 1
        """
    )
    with database.cursor() as cursor, cursor.copy("COPY event FROM STDIN") as copy:
        while some := events.fetchmany(50_000):
            for row in some:
                copy.write_row(row)
    for statement in FILLED.strip().split(";\n"):
        database.execute(statement)  # type: ignore[arg-type]


def _built(database: psycopg.Connection[Any], number: int, rule: str) -> int:
    said = {"segment": number, "since": int(time.time() * 1e6) - 30 * DAY}
    waiting = f"""
        FROM lead l WHERE {rule} AND l.id NOT IN (SELECT lead_id FROM member WHERE segment_id = %(segment)s)
    """
    size = 0
    while True:
        with database.transaction():
            left = database.execute(f"SELECT count(*) {waiting}", said).fetchone()  # type: ignore[arg-type]
            if left is None or not left[0]:
                return size
            people = database.execute(f"SELECT l.id {waiting} LIMIT {A_BATCH}", said).fetchall()  # type: ignore[arg-type]
            with database.cursor() as cursor:
                cursor.executemany("INSERT INTO member VALUES (%s, %s)", [(number, person) for (person,) in people])
            size += len(people)
