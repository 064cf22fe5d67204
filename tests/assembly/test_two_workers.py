"""Two workers at once, each overtaking the other again and again: what happens to an audience is derived once."""

import json
import random
import threading
import time
from datetime import timedelta

from django.db import connection
from tests.crash.audience import MEMBERS, SCORES, SEGMENTS, found, waiting
from tests.crash.test_audiences import offered_once, told_once_and_in_order
from tests.people.erasing.told import Brand, brand, identify, viewed

from lianyi.assembly.draining import drain
from lianyi.assembly.handing import hander
from lianyi.assembly.pipeline import LEASE, Pipeline
from lianyi.assembly.replay import replay
from lianyi.assembly.segments import segmenters
from lianyi.audience.scoring import actions as scoring
from lianyi.audience.scoring.checking import read_document
from lianyi.audience.segments import actions as segments
from lianyi.foundation.access.schemas import Role
from lianyi.foundation.leases.actions import take_lease
from lianyi.foundation.members.actions import ensure_member
from lianyi.foundation.outbox.models import OutboxRow
from lianyi.foundation.workspaces.queries import workspace_of_id
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Broken
from lianyi.rules.reading import read

BODIES = 60
WITHIN = 90.0  # seconds


class Hasty(threading.Thread):
    """A worker that never renews its lease, and goes on with what it holds until it is told off."""

    def __init__(self, name: str, stopping: threading.Event) -> None:
        super().__init__(daemon=True)
        self._holder, self._stopping = name, stopping
        self._beside = [*segmenters(), hander()]
        self.turns = 0
        self.told_off = 0
        self.wrong: list[BaseException] = []

    def run(self) -> None:
        for one in self._beside:
            one.start()
        try:
            while not self._stopping.is_set():
                self._turn()
        except BaseException as error:
            self.wrong.append(error)
        finally:
            for one in self._beside:
                one.stop()
            for one in self._beside:
                one.join()
            connection.close()

    def _turn(self) -> None:
        fence = take_lease(LEASE, self._holder, timedelta(milliseconds=50))
        if fence is None:
            time.sleep(0.01)
            return
        self.turns += 1
        running = Pipeline(fence, system_clock)
        try:
            running.start()
            until = time.monotonic() + 0.5
            while time.monotonic() < until:
                if not running.step():
                    running.flush(all_of_it=True)
        except Broken:
            self.told_off += 1


def prepare(shop: Brand) -> None:
    shop.send(identify("first", city="Beijing"))
    shop.run()
    for name in MEMBERS:
        ensure_member(workspace_of_id(shop.workspace), f"{name}-{shop.workspace}@example.com", Role.SALES)
    scoring.change_settings(shop.workspace, read_document(json.loads(json.dumps(SCORES))), system_clock())
    for place, rule in enumerate(SEGMENTS, 1):
        assert segments.create_segment(shop.workspace, f"s{place}", read(rule), system_clock()) == place


def message(rnd: random.Random) -> dict[str, object]:
    user = f"u{rnd.randrange(20)}"
    match rnd.randrange(6):
        case 0 | 1:
            return identify(user, city=rnd.choice(["Shanghai", "Beijing"]))
        case 2:
            return {"userId": user, "event": "Quote Asked"}
        case 3 if user.endswith("0"):
            return {"type": "identify", "userId": user, "anonymousId": f"c{rnd.randrange(3)}"}
        case 4:
            return viewed(cookie=f"c{rnd.randrange(3)}")
        case _:
            return viewed(user)


def test_what_two_workers_derive_is_derived_once_and_in_order(transactional_db: None) -> None:
    rnd = random.Random(3)
    with brand() as shop:
        prepare(shop)
        stopping = threading.Event()
        workers = [Hasty(name, stopping) for name in ("one", "other")]
        for worker in workers:
            worker.start()
        try:
            for _ in range(BODIES):
                shop.send(*(message(rnd) for _ in range(5)))
                time.sleep(0.05)
            settle()
        finally:
            stopping.set()
            for worker in workers:
                worker.join(60)
        assert [worker.wrong for worker in workers] == [[], []]
        assert all(worker.turns > 2 for worker in workers)
        assert sum(worker.told_off for worker in workers) > 0
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM lease")
        shop.run()
        result = json.loads(json.dumps(found(shop.workspace)))
        told_once_and_in_order(result)
        offered_once(result)
        assert {"segment.entered", "segment.left", "score.changed", "handover.offered"} == {
            one["name"] for one in result["told"]
        }
        mails = OutboxRow.objects.filter(workspace=shop.workspace, kind="mail", payload__notice="handover.offered")
        assert sum(one.payload["values"]["count"] for one in mails) == len(result["offers"])
        for name in ("identity", "profiles", "columns", "scoring", "segments", "handover"):
            assert replay(shop.workspace, name, check=True).different == [], name


def settle() -> None:
    """Until nothing but mail, which nobody sends here, waits, and what was told has gone through the pipeline."""
    until, quiet = time.monotonic() + WITHIN, 0
    while quiet < 2:
        assert drain(WITHIN)
        quiet = quiet + 1 if waiting().keys() <= {"outbox"} else 0
        assert time.monotonic() < until
