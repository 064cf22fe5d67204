"""A workspace that bodies are sent to, with its pipeline, and what every store says of it."""

import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from tests.emptying import empty_log

from lianyi.assembly.pipeline import Pipeline
from lianyi.assembly.replay import replay
from lianyi.events.intake import segment
from lianyi.events.lake import queries as lake
from lianyi.events.log.actions import append_row
from lianyi.events.log.appending import NewRow, day_of
from lianyi.events.schemas import Claim
from lianyi.foundation.workspaces.actions import create_workspace, create_write_key
from lianyi.foundation.workspaces.schemas import KeyKind
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.erasing import actions
from lianyi.people.erasing.register import FOLDER
from lianyi.people.erasing.schemas import Erased
from lianyi.people.identity.queries import find

PROJECTORS = ("identity", "profiles", "lifecycle", "columns")


class Brand:
    """A workspace with a server's write key."""

    def __init__(self) -> None:
        workspace = create_workspace(f"w{secrets.token_hex(5)}", "W")
        made, _ = create_write_key(workspace, KeyKind.SERVER, "test")
        self.key = segment.Key(made.pk, workspace.pk, True, "default")
        self.workspace = int(workspace.pk)
        self.started = datetime.now(UTC) - timedelta(hours=1)
        self._fence = 0
        self._sent = 0

    def send(self, *messages: dict[str, Any], at: datetime | None = None, **around: Any) -> None:
        """One body; the messages happened at `at`, by default a moment after those before."""
        self._sent += 1
        moment = at or self.started + timedelta(seconds=self._sent)
        base = {"type": "track", "event": "Product Viewed", "timestamp": moment.isoformat()}
        told = [{**base, "messageId": f"{self._sent}-{place}", **one} for place, one in enumerate(messages)]
        self.receive(json.dumps({**around, "batch": told}, ensure_ascii=False).encode())

    def receive(self, body: bytes) -> None:
        received = to_micros(datetime.now(UTC))
        taken = segment.accept(body, "segment", self.key, received)
        row = (day_of(received), self.workspace, self.key.id, "segment", received, taken.taken, taken.ids, taken.body)
        append_row(NewRow(*row))

    def pipeline(self) -> Pipeline:
        self._fence += 1
        made = Pipeline(self._fence, system_clock)
        made.start()
        return made

    def run(self, *, to_lake: bool = True) -> None:
        """All that waits goes through; the lake holds it afterwards, or the tail still does."""
        running = self.pipeline()
        while running.step():
            pass
        if to_lake:
            running.flush(all_of_it=True)

    def identity(self, kind: str, value: str, scope: str = "default") -> int:
        claim = Claim(kind, "" if kind in ("phone", "email") else scope, value, False)
        return find(self.workspace, [claim]).get(claim, 0)

    def person(self, kind: str, value: str) -> int:
        number = self.identity(kind, value)
        return self.rows("SELECT person FROM identity WHERE workspace = %s AND number = %s", number)[0][0]

    def erase(self, kind: str, value: str) -> Erased:
        return actions.erase(self.workspace, self.person(kind, value), system_clock)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query, [self.workspace, *values])
            return list(cursor.fetchall())

    def bodies(self) -> list[bytes]:
        return [bytes(body) for (body,) in self.rows("SELECT body FROM log WHERE workspace = %s ORDER BY id")]

    def in_lake(self, *needles: str) -> list[int]:
        found = lake.scan(settings.ENVIRONMENT.lake, self.workspace, [one.encode() for one in needles])
        return [found[one.encode()] for one in needles]

    def differences(self) -> dict[str, list[str]]:
        """What each projector, rebuilt from the lake and the tail, would have other than it is."""
        told = {name: replay(self.workspace, name, check=True).different for name in PROJECTORS}
        return {name: tables for name, tables in told.items() if tables}

    def clear(self) -> None:
        shutil.rmtree(f"{settings.ENVIRONMENT.lake}/{self.workspace}", ignore_errors=True)

    def stored(self) -> str:
        """Every text and byte of every table of the database, in one."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
            tables = [name for (name,) in cursor.fetchall()]
            found = []
            for table in tables:
                cursor.execute(f"SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM \"{table}\" t")
                found.append(cursor.fetchone()[0])
        with connection.cursor() as cursor:
            cursor.execute("SELECT body FROM log UNION ALL SELECT body FROM dead_letter")
            found += [bytes(body).decode("utf-8", "replace") for (body,) in cursor.fetchall()]
        return "\n".join(found)


@contextmanager
def brand() -> Iterator[Brand]:
    """A fresh one over an empty log; nothing of it stays."""
    empty_log()
    made = Brand()
    yield made
    made.clear()
    shutil.rmtree(settings.ENVIRONMENT.home / FOLDER, ignore_errors=True)


def identify(user: str, **traits: Any) -> dict[str, Any]:
    """A server says who a user is; phone and e-mail are verified."""
    verified = {f"{name}_verified": True for name in ("phone", "email") if name in traits}
    return {"type": "identify", "userId": user, "traits": {**traits, **verified}}


def viewed(user: str = "", cookie: str = "", **properties: Any) -> dict[str, Any]:
    who = {name: value for name, value in (("userId", user), ("anonymousId", cookie)) if value}
    return {**who, "properties": properties}


def ordered(user: str, number: str, total: int) -> dict[str, Any]:
    properties = {"order_id": number, "total": total, "currency": "CNY"}
    return {"event": "Order Completed", "userId": user, "properties": properties}
