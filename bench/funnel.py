"""Group `funnel`: the AISAS funnel over twenty million events, by source, and an ordered one of five steps."""

import json

from bench.installation import Installation, installation
from bench.laked import WORKSPACE, Laked, laked
from bench.rows import Row, row

EVENTS = 20_000_000
TIMES = 7
STEPS = ("page.viewed", "Product Viewed", "Product Added", "Cart Viewed", "Order Completed")
CHANNELS = ("wechat", "weibo", "search", "email", "xiaohongshu", "offline", "direct", "referral")

# Runs in a process of its own, for which Django is set up once.
ASKING = """
import json, resource, sys, time
import django
django.setup()
from datetime import date
from lianyi.insight.funnel.ordered import ordered_funnel
from lianyi.insight.funnel.queries import funnel
from lianyi.rules.nodes import Pattern
times, found = [], None
for _ in range(int(sys.argv[2])):
    started = time.perf_counter()
    found = funnel(int(sys.argv[1]), None, None, "first_source")
    times.append(time.perf_counter() - started)
started = time.perf_counter()
funnel(int(sys.argv[1]), date(2024, 3, 1), date(2025, 3, 1), "last_source")
year = time.perf_counter() - started
steps = [Pattern(event=name) for name in json.loads(sys.argv[3])]
ordered, reached = [], None
for _ in range(int(sys.argv[2])):
    started = time.perf_counter()
    reached = ordered_funnel(int(sys.argv[1]), steps, 30, int(time.time() * 1e6))
    ordered.append(time.perf_counter() - started)
print(json.dumps({"ordered": ordered, "reached": reached,
                  "times": times, "year": year, "total": found.total.people, "rows": len(found.rows),
                  "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
"""


def rows(size: str, *, peers: bool) -> list[Row]:
    """The funnel's measurements."""
    del peers
    made = laked(EVENTS * (2 if size == "large" else 1))
    with installation() as running:
        people = fill(running, made)
        told = running.asked(ASKING, str(WORKSPACE), str(TIMES), json.dumps(STEPS))
    if told["rows"] != len(CHANNELS) or min(told["total"]) < people // 100:
        raise RuntimeError(f"that is no funnel: {told}")
    if not 0 < told["reached"][-1] < told["reached"][0]:
        raise RuntimeError(f"that is no ordered funnel: {told}")
    said = f"{made.events / 1e6:,.0f} million events, {people / 1e6:.1f} million people, {len(CHANNELS)} channels"
    return [
        row(
            "AISAS funnel by source",
            "funnel",
            sorted(told["times"])[TIMES // 2],
            "s",
            size=said,
            limit=1,
            better="lower",
        ),
        row(
            "AISAS funnel by source, the first of a process", "funnel", told["times"][0], "s", size=said, better="lower"
        ),
        row(
            "ordered funnel of five steps within 30 days",
            "funnel",
            sorted(told["ordered"])[TIMES // 2],
            "s",
            size=said,
            limit=1,
            better="lower",
        ),
        row(
            "ordered funnel of five steps, the first of a process",
            "funnel",
            told["ordered"][0],
            "s",
            size=said,
            better="lower",
        ),
        row("AISAS funnel by source, one year of two", "funnel", told["year"], "s", size=said, better="lower"),
        row("AISAS funnel: memory of the process", "funnel", told["memory"] / 1e6, "MB", size=said, better="lower"),
    ]


def fill(running: Installation, made: Laked) -> int:
    """Links the lake's files into the installation, and makes its people: every tenth has joined two identities. All
    has been projected.
    """
    made.link_into(running.home)
    with running.connect() as database, database.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO source (workspace, id, channel, medium, campaign, code, hash)
            SELECT %s, place, channel, '', '', '', decode(md5(channel), 'hex')
            FROM unnest(%s::text[]) WITH ORDINALITY AS c (channel, place)
            """,
            [WORKSPACE, list(CHANNELS)],
        )
        # Identities 2p + 1 and 2p + 2 of person p; of every tenth both are one person.
        cursor.execute(
            """
            INSERT INTO identity (workspace, number, kind, scope, value, hash, strong, person, first_seen_at)
            SELECT %s, 2 * p + 2, 'user_id', 'default', 'u' || p, decode(md5('u' || p), 'hex'), true, 2 * p + 1, 0
            FROM generate_series(0, %s - 1, 10) AS p
            """,
            [WORKSPACE, made.people],
        )
        cursor.execute(
            """
            INSERT INTO person (workspace, number, first_source, last_source, orders, spent, name)
            SELECT %(workspace)s, n, 1 + n %% %(channels)s, 1 + (n / 7) %% %(channels)s, 0, 0, ''
            FROM generate_series(1, 2 * %(people)s) AS n WHERE n %% 2 = 1 OR n %% 20 <> 2
            """,
            {"workspace": WORKSPACE, "channels": len(CHANNELS), "people": made.people},
        )
        cursor.execute("INSERT INTO identity_counter VALUES (%s, %s, 0)", [WORKSPACE, 2 * made.people])
        cursor.execute(
            """
            INSERT INTO cursor (workspace_id, projector, batch)
            SELECT %s, name, %s FROM unnest(ARRAY['identity', 'lake']) AS name
            ON CONFLICT (workspace_id, projector) DO UPDATE SET batch = excluded.batch
            """,
            [WORKSPACE, made.batches],
        )
        cursor.execute("VACUUM ANALYZE person, identity")
        cursor.execute("SELECT count(*) FROM person")
        found = cursor.fetchone()
    assert found is not None
    return int(found[0])
