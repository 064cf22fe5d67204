"""One process that lives on while its database loses the last commits: what it says of scores and columns afterwards.

Run in a home whose server is up. It kills one backend of its own, on which PostgreSQL begins anew without the commits
that had not reached the disk.
"""

import json
import os
import signal
import time
from typing import Any

SETTINGS = {"fit": [], "weights": [{"event": "Quote Asked", "points": 10}]}


def begin_anew() -> None:
    """Kills a backend, on which all others end, and waits until there is one again."""
    from django.db import OperationalError, connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        os.kill(cursor.fetchone()[0], signal.SIGKILL)
    connection.close()
    until = time.monotonic() + 60
    began = False
    while not began:
        assert time.monotonic() < until
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT EXISTS (SELECT FROM unbroken)")
                began = not cursor.fetchone()[0]
        except OperationalError:
            connection.close()
        time.sleep(0.05)


def story() -> dict[str, Any]:
    from tests.people.erasing.told import brand, identify

    from lianyi.assembly.replay import replay
    from lianyi.audience.scoring import actions, queries, upkeep
    from lianyi.audience.scoring.checking import read_document
    from lianyi.events.log.queries import cursor_of
    from lianyi.kernel.clock import system_clock, to_micros

    with brand() as shop:
        quote = {"event": "Quote Asked"}
        shop.send(identify("a", city="Beijing"), identify("b", city="Beijing"))
        shop.run()
        actions.change_settings(shop.workspace, read_document(json.loads(json.dumps(SETTINGS))), system_clock())
        upkeep.build(shop.workspace, to_micros(system_clock()))
        shop.send({"userId": "a", **quote}, {"userId": "b", **quote})
        shop.run()
        before = cursor_of(shop.workspace, "scoring")

        shop.send({"userId": "a", **quote}, identify("a", city="Shanghai"))
        shop.run(to_lake=False)
        reached = cursor_of(shop.workspace, "scoring")
        begin_anew()
        kept = cursor_of(shop.workspace, "scoring")

        shop.send({"userId": "b", **quote}, identify("b", city="Shenzhen"))
        shop.run(to_lake=False)
        now = to_micros(system_clock())
        people = {user: shop.person("user_id", user) for user in "ab"}
        standings = {user: queries.standing(shop.workspace, person, now) for user, person in people.items()}
        return {
            "before": before,
            "reached": reached,
            "kept": kept,
            "engagement": {user: one and round(one.engagement) for user, one in standings.items()},
            "different": {
                name: replay(shop.workspace, name, check=True).different
                for name in ("identity", "profiles", "columns", "scoring")
            },
        }


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(story()))


if __name__ == "__main__":
    main()
