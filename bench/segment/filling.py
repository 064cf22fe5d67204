"""A workspace of a million people with what a brand knows of them: made by SQL in a home of its own, so that nothing
waits for a pipeline that other groups measure.

What is in it: everybody who did something in the lake of `bench.laked`, with their cookies and user ids as one person
where they came together; five traits of each, 29 tags of a tenth of the people each, consents of a third, the first
and the last source, a stage of a fifth. The columns are made by `replay`, as in an installation.

As a program: `python -m bench.segment.filling FOLDER` fills the home that LIANYI_HOME names from the lake in FOLDER.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from bench.generate import DAY, Mix, cookies_of
from bench.installation import variables_of
from bench.laked import A_BATCH, WORKSPACE, laked
from lianyi.kernel.ids import digest

PEOPLE_BEFORE = 500_000  # the others come with the events, one in twenty
EVENTS = 10_000_000
TAGS = 29
CHANNELS = ("wechat", "weibo", "search", "email", "xiaohongshu", "offline", "direct", "referral")
TRAITS = {"city": "text", "points": "number", "birthday": "date", "likes": "list", "level": "text"}

# Numbers are spread by primes, so that no two facts go together.
STATEMENTS = (
    """
    INSERT INTO trait (workspace, id, name, kind, strategy, sensitive, label_zh, label_en)
    SELECT %(workspace)s, place, name, kind, 'latest', false, '', ''
    FROM unnest(%(traits)s::text[], %(kinds)s::text[]) WITH ORDINALITY AS t (name, kind, place)
    """,
    """
    INSERT INTO source (workspace, id, channel, medium, campaign, code, hash)
    SELECT %(workspace)s, place, channel, '', '', '', decode(md5(channel), 'hex')
    FROM unnest(%(channels)s::text[]) WITH ORDINALITY AS c (channel, place)
    """,
    """
    INSERT INTO trait_fact (workspace, identity, trait, origin, mode, at, value)
    SELECT %(workspace)s, n, t, 1, 0, %(start)s + n, CASE t
        WHEN 1 THEN '"city-' || n::bigint * 7919 %% 300 || '"'
        WHEN 2 THEN (n::bigint * 31 %% 10000)::text
        WHEN 3 THEN '"' || date '1960-01-01' + (n::bigint * 17 %% 16000)::int || '"'
        WHEN 4 THEN '["like-' || n %% 7 || '","like-' || 7 + n::bigint * 13 %% 11 || '"]'
        ELSE '"level-' || n::bigint * 101 %% 5 || '"' END
    FROM someone, generate_series(1, 5) AS t
    """,
    """
    INSERT INTO tag_fact (workspace, identity, tag, origin, added_at, expires_at, event)
    SELECT %(workspace)s, n, t, 1, %(start)s, CASE WHEN t %% 7 = 0 THEN %(end)s + n::bigint * 1000000 END,
        decode(md5(n::text || ' ' || t), 'hex')
    FROM someone, generate_series(1, %(tags)s) AS t WHERE abs(hashint4(n # (t * 7919))) %% 10 = 0
    """,
    """
    INSERT INTO consent (workspace, event, identity, at, origin, given, channel, purpose, how, proof)
    SELECT %(workspace)s, decode(md5('c' || n), 'hex'), n, %(start)s, 1, true, 'email', 'marketing', 'form', ''
    FROM someone WHERE n %% 3 = 0
    """,
    """
    INSERT INTO touch (workspace, identity, source, started_at, until_at)
    SELECT %(workspace)s, n, source, %(start)s + source, %(start)s + source
    FROM someone, LATERAL (SELECT DISTINCT unnest(ARRAY[1 + n %% 8, 1 + n / 7 %% 8]) AS source) AS s
    """,
    """
    INSERT INTO standing (workspace, number, since, stage)
    SELECT %(workspace)s, n, %(start)s, CASE n %% 3 WHEN 0 THEN 'repeat' ELSE 'first_purchase' END
    FROM someone WHERE n %% 5 = 0
    """,
    """
    INSERT INTO person
        (workspace, number, first_source, last_source, first_touch_at, last_touch_at, orders, spent, name)
    SELECT %(workspace)s, n, 1 + n %% 8, 1 + n / 7 %% 8, %(start)s, %(start)s, 0, 0, '' FROM someone
    """,
)


def filled(home: Path, mix: Mix, events: int) -> int:
    """Makes the workspace in the home, with so many events of the mix; how many people it has."""
    made = laked(events, mix)
    made.link_into(home)
    program = [sys.executable, "-m", "bench.segment.filling", str(made.folder), str(mix.start), str(mix.end)]
    done = subprocess.run(
        [*program, str(-(-events // A_BATCH))],
        env={**variables_of(home), "DJANGO_SETTINGS_MODULE": "lianyi.assembly.settings"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return int(json.loads(done.stdout.splitlines()[-1]))


def _fill(folder: Path, start: int, end: int, batches: int) -> int:
    """In a process with Django set up and a database."""
    from django.db import connection, transaction

    from lianyi.assembly.pipeline import names
    from lianyi.assembly.processes.prepare import bring_up_to_date
    from lianyi.people.columns.filling import fill
    from lianyi.people.profiles.dictionaries import ORIGINS
    from lianyi.people.profiles.dictionaries import TAGS as NUMBERED

    workspace = bring_up_to_date(create=True).pk
    if workspace != WORKSPACE:
        raise RuntimeError(f"the first workspace has number {workspace}")
    numbers = duckdb.execute(
        f"SELECT DISTINCT identity AS n FROM '{folder}/*.parquet' WHERE identity > 0 ORDER BY 1"
    ).fetchnumpy()["n"]
    said = {
        "workspace": workspace,
        "traits": list(TRAITS),
        "kinds": list(TRAITS.values()),
        "channels": list(CHANNELS),
        "tags": TAGS,
        "start": start,
        "end": end,
    }
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE seen (n int, kind text, value text, hash bytea)")
        with cursor.copy("COPY seen FROM STDIN") as copy:
            for line in _identities(numbers):
                copy.write_row(line)
        cursor.execute(
            # Identities 2p + 1 and 2p + 2 came together where both did something.
            """
            CREATE UNIQUE INDEX ON seen (n);
            INSERT INTO identity (workspace, number, kind, scope, value, hash, strong, person, first_seen_at)
            SELECT %(workspace)s, n, kind, 'default', value, hash, n %% 2 = 0,
                CASE WHEN n %% 2 = 0 AND EXISTS (SELECT FROM seen AS s WHERE s.n = seen.n - 1) THEN n - 1 ELSE n END,
                %(start)s
            FROM seen
            """,
            said,
        )
        cursor.execute("INSERT INTO identity_counter VALUES (%s, %s, 0)", [workspace, int(numbers[-1])])
        cursor.execute("CREATE TEMPORARY TABLE someone AS SELECT number AS n FROM identity WHERE person = number")
        NUMBERED.numbers(workspace, [("attribute", f"tag-{tag}") for tag in range(1, TAGS + 1)])
        ORIGINS.numbers(workspace, [("server",)])
        for statement in STATEMENTS:
            cursor.execute(statement, said)
        cursor.execute("UPDATE batch_counter SET number = %s", [batches])
        cursor.execute(
            "INSERT INTO cursor (workspace_id, projector, batch) SELECT %s, name, %s FROM unnest(%s::text[]) AS name",
            [workspace, batches, names()],
        )
        cursor.execute("UPDATE lake_epoch SET number = 1")
        cursor.execute("VACUUM ANALYZE")
        with transaction.atomic():
            fill(workspace)
        cursor.execute("VACUUM ANALYZE column_run")
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT count(*) FROM someone")
        return int(cursor.fetchone()[0])


def _identities(numbers: npt.NDArray[np.int64]) -> Iterator[tuple[int, str, str, bytes]]:
    """Number, kind, value and digest of the traffic's identities."""
    people = (numbers - 1) // 2
    for number, person, cookie in zip(numbers.tolist(), people.tolist(), cookies_of(people), strict=True):
        kind, value = ("cookie", cookie) if number % 2 else ("user_id", f"u{person}")
        yield number, kind, value, digest(kind, "default", value)


def recent(people: int) -> Mix:
    """Traffic over 24 months up to this hour, with so many people before the first event."""
    end = int(time.time()) // 3600 * 3600 * 1_000_000
    return Mix(people=people, start=end - 730 * DAY, end=end)


if __name__ == "__main__":
    from lianyi.assembly.postgres import EmbeddedPostgres

    with EmbeddedPostgres(Path(os.environ["LIANYI_HOME"])):
        import django

        django.setup()
        print(json.dumps(_fill(Path(sys.argv[1]), *map(int, sys.argv[2:]))))
