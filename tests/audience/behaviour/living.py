"""A workspace whose events really went through the door, the pipeline and into the lake."""

import json
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from tests.emptying import empty_log
from tests.rules.behaviours import Done

from lianyi.assembly.pipeline import Chain, Pipeline
from lianyi.events.intake import segment
from lianyi.events.intake.packing import pack
from lianyi.events.lake import queries as lake
from lianyi.events.lake.place import place_of
from lianyi.events.lake.sheets import make_sheets
from lianyi.events.lake.table import table_at
from lianyi.events.log.actions import append_row
from lianyi.events.log.appending import NewRow, day_of
from lianyi.events.log.queries import lake_cursor
from lianyi.foundation.workspaces.actions import create_workspace, create_write_key
from lianyi.foundation.workspaces.models import WriteKey
from lianyi.kernel.clock import DAY, EPOCH, system_clock, to_micros
from lianyi.people.identity.projector import IdentityProjector
from lianyi.people.identity.queries import moved_map
from lianyi.people.identity.tail import numbered_tail
from lianyi.rules.happening import happened, properties_of
from lianyi.rules.nodes import NO_DOING, Behaviour
from lianyi.rules.person import Happening, Moment

BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


class Living:
    """One workspace and its pipeline."""

    def __init__(self, moment: Moment) -> None:
        workspace = create_workspace(f"w{secrets.token_hex(8)}", "W", zone=str(moment.zone))
        made, _ = create_write_key(workspace, WriteKey.Kind.SERVER, "test")
        self.workspace = workspace.pk
        self._key = segment.Key(made.pk, workspace.pk, True, "default")
        self._received = moment.now + 5 * DAY
        self._sent = 0
        self.pipeline = Pipeline(1, system_clock, Chain(IdentityProjector(), []))
        self.pipeline.start()

    def tell(self, done: Sequence[Done], *, into_lake: bool = False) -> None:
        """Sends what identities 1, 2, … did, as cookies, and projects it."""
        self._record([one for one in done if one.identity and one.name in NO_DOING])
        self._send([self._message(one) for one in done if one.identity and one.name not in NO_DOING])
        if into_lake:
            self.pipeline.flush(all_of_it=True)

    def make_sheets(self) -> None:
        """Has a sheet beside each file of the lake that is large enough for one."""
        place = place_of(settings.ENVIRONMENT.lake, self.workspace)
        for _ in make_sheets(place, table_at(place).snapshot().files):
            pass

    def merge(self, *identities: int) -> None:
        """Makes them one person, by a user who has all the cookies."""
        user = f"u{identities[0]}"
        self._send(
            [
                b'{"type":"identify","messageId":"%d","userId":"%b","anonymousId":"a%d","timestamp":"1980-01-01T00:00:00Z"}'
                % (self._next(), user.encode(), one)
                for one in identities
            ]
        )

    def _record(self, told: list[Done]) -> None:
        """What only Lianyi itself can say."""
        if not told:
            return
        ids = [secrets.token_bytes(16) for _ in told]
        body = b"[%b]" % b",".join(
            b'{"id":"%b","name":"%b","at":%d,"who":[["cookie","default","a%d",true]],%b}'
            % (one_id.hex().encode(), one.name.encode(), one.at, one.identity, _said(one))
            for one, one_id in zip(told, ids, strict=True)
        )
        packed = pack(ids, [one.at for one in told])
        day = day_of(to_micros(system_clock()))
        append_row(NewRow(day, self.workspace, 0, "own", self._received, len(told), packed, body))
        self.pipeline.step()

    def _send(self, messages: list[bytes]) -> None:
        if not messages:
            return
        body = b'{"batch":[%b]}' % b",".join(messages)
        accepted = segment.accept(body, "segment", self._key, self._received)
        assert accepted.taken == len(messages), accepted.refused
        day = day_of(to_micros(system_clock()))
        append_row(
            NewRow(
                day,
                self.workspace,
                self._key.id,
                "segment",
                self._received,
                accepted.taken,
                accepted.ids,
                accepted.body,
            )
        )
        self.pipeline.step()

    def _next(self) -> int:
        self._sent += 1
        return self._sent

    def _message(self, one: Done) -> bytes:
        call = {"type": "page"} if one.name == "page.viewed" else {"type": "track", "event": one.name}
        message = {
            **call,
            "messageId": str(self._next()),
            "anonymousId": f"a{one.identity}",
            "timestamp": (EPOCH + timedelta(microseconds=one.at)).isoformat(),
            "context": {"userAgent": BOT if one.machine else "x"},
        }
        return json.dumps(message).encode()[:-1] + b"," + _said(one) + b"}"

    def by_hand(self, leaves: Sequence[Behaviour], moment: Moment) -> list[set[int]]:
        """Of each leaf the people for whom it holds by the plain reading."""
        done = happenings(self.workspace).items()
        return [{person for person, events in done if happened(leaf, events, moment)} for leaf in leaves]


def happenings(workspace: int) -> dict[int, list[Happening]]:
    """What each person did, as the lake's rows and the log's bodies say; no machine's doing."""
    moved = dict(zip(*(part.tolist() for part in moved_map(workspace)), strict=True))
    with transaction.atomic():
        found = [
            (row.identity, row.name, row.occurred_at, row.machine, row.raw)
            for _, rows in lake.batches_after(settings.ENVIRONMENT.lake, workspace, 0)
            for row in rows
        ]
        for batch in numbered_tail(workspace, lake_cursor(workspace)):
            pairs = zip(batch.numbers, batch.events, strict=True)
            found += [(number, one.name, one.occurred_at, one.machine, one.raw) for number, one in pairs]
    done: dict[int, list[Happening]] = {}
    for number, name, at, machine, raw in found:
        if (person := moved.get(number, number)) and not machine:
            done.setdefault(person, []).append(Happening(name, at, properties_of(raw)))
    return done


def _said(one: Done) -> bytes:
    """Its properties, as they stand in its JSON."""
    return one.raw[one.raw.index(b'"properties":') : one.raw.rindex(b',"messageId"')]


@contextmanager
def living(moment: Moment) -> Iterator[Living]:
    """A workspace of its own, whose lake is removed in the end."""
    empty_log()
    one = Living(moment)
    yield one
    shutil.rmtree(f"{settings.ENVIRONMENT.lake}/{one.workspace}", ignore_errors=True)
