"""The tracker against the real edge: served by it, acknowledged by it, and read back from the log as events."""

import hmac
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from django.db import connection
from playwright.sync_api import BrowserContext
from tests.browser.tracker.serving import RUNS, Website, wait_until
from tests.conftest import variables_of

from lianyi.assembly.processes.listening import listen_for_edge
from lianyi.events.intake import segment
from lianyi.events.log.decoding import decode_row
from lianyi.events.schemas import Claim, Event, Source
from lianyi.foundation.workspaces.actions import create_workspace, create_write_key
from lianyi.foundation.workspaces.models import WriteKey

SECRET = b"a secret of this installation"
SERVE = "import sys; from lianyi.assembly.processes.serving import serve; serve('edge', int(sys.argv[1]))"


class Edge(NamedTuple):
    """A running edge and a browser key of its workspace."""

    url: str
    write_key: str
    workspace: int

    def events(self) -> list[Event]:
        """What the log holds, as projectors would see it, each event once."""
        with connection.cursor() as cursor:
            cursor.execute(  # other tests may have left some of theirs
                "SELECT key, form, received_at, ids, body FROM log WHERE workspace = %s ORDER BY received_at, id",
                [self.workspace],
            )
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        read = [decode_row(**row, offset=0, left_out=(), signed=segment.signature_check(SECRET)) for row in rows]
        assert [failed for one in read for failed in one.failed] == []
        return list({event.id: event for one in read for event in one.events}.values())

    def wait_for(self, name: str) -> Event:
        """The one event of that name, once it is there."""
        wait_until(lambda: any(one.name == name for one in self.events()), 20, lambda: f"{name}: {self.events()}")
        (event,) = [one for one in self.events() if one.name == name]
        return event


@pytest.fixture
def edge(transactional_db: None, tmp_path: Path) -> Iterator[Edge]:
    """The edge's own process, with the test's database."""
    workspace = create_workspace("shop", "Shop")
    _, secret = create_write_key(workspace, WriteKey.Kind.BROWSER, "website")
    place = connection.get_connection_params()
    rest = {name: place[name] for name in ("host", "port", "password") if place.get(name)}
    conninfo = f"postgresql://{place['user']}@/{place['dbname']}?{urlencode(rest)}"
    with listen_for_edge("127.0.0.1:0") as listener:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(listener.fileno())],
            env={**variables_of(tmp_path), "DATABASE_URL": conninfo},
            pass_fds=[listener.fileno()],
        )
        port = listener.getsockname()[1]
    try:
        yield Edge(f"http://collect.test:{port}", secret, workspace.pk)
    finally:
        process.terminate()
        assert process.wait(timeout=30) == 0


@pytest.fixture
def website(edge: Edge) -> Iterator[Website]:
    """http://shop.test, which reports to the edge."""
    with Website(edge.url) as server:
        server.options["data-key"] = edge.write_key
        yield server


def test_a_visit_becomes_events(visitor: BrowserContext, website: Website, edge: Edge) -> None:
    website.body = "<form data-lianyi-form=Lead><input name=topic value=shoes><button>Go</button></form>"
    page = visitor.new_page()
    page.goto(website.at("/?utm_source=weibo&utm_medium=social&utm_campaign=双11&ly_code=QR-7"))
    page.wait_for_function(RUNS)
    view = edge.wait_for("page.viewed")
    cookie = page.evaluate("lianyi.anonymousId()")
    assert view.claims == (Claim("cookie", "default", cookie, False),)
    assert view.source == Source("weibo", "social", "双11", "QR-7")
    assert (view.trusted, view.machine) == (False, False)
    assert abs(view.occurred_at / 1e6 - time.time()) < 60
    shared = segment.identity_secret(SECRET, edge.workspace, "default")
    signature = hmac.new(shared.encode(), b"ann", "sha256").hexdigest()
    page.evaluate("signature => lianyi.identify('ann', {plan: 'pro'}, {signature})", signature)
    known = edge.wait_for("person.identified")
    assert known.claims == (Claim("user_id", "default", "ann", True), Claim("cookie", "default", cookie, False))
    assert known.traits == {"plan": "pro"}
    page.wait_for_timeout(600)
    page.click("button")
    page.goto("about:blank")
    edge.wait_for("Form Submitted")
    dwell = edge.wait_for("Page Dwelled")
    assert dwell.claims == known.claims
