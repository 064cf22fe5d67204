"""What the worker has a process of its own for: killed, its worker killed, and stopped."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from tests.browser.test_pages import send
from tests.conftest import variables_of
from tests.program import WITHIN, Up, alive, command_line, eventually, lianyi

PEOPLE = (
    ("Annika", "Lindqvist", "1984-03-12", "Bath"),
    ("Bruno", "Abbott", "1979-11-02", "Derby"),
    ("Carla", "Dawson", "1990-10-20", "Leeds"),
)


class Installation:
    """A running installation with two pairs of look-alikes, and a token."""

    def __init__(self, up: Up) -> None:
        self.up = up
        made = lianyi(up.home, "token", "create", "--scope", "people.see", "--scope", "people.edit", "--json")
        self._token = json.loads(made.stdout)["token"]

    def call(self, method: str) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.up.ready['url']}api/v1/duplicates/search",
            b"{}" if method == "POST" else None,
            {"authorization": f"Bearer {self._token}", "content-type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            told: dict[str, Any] = json.load(answer)
            return told

    def until(self, state: str) -> dict[str, Any]:
        ends = time.monotonic() + WITHIN
        while (told := self.call("GET"))["state"] != state:
            assert time.monotonic() < ends, told
            time.sleep(0.1)
        return told

    def searching(self, *, besides: int = 0) -> int:
        """The process of the search."""
        ends = time.monotonic() + WITHIN
        while time.monotonic() < ends:
            for pid in self.up.pids():
                words = command_line(pid)
                if pid != besides and "lianyi.assembly.processes.entry" in words and "search" in words:
                    return pid
            time.sleep(0.02)
        raise AssertionError("nobody searches")

    def pairs(self) -> list[tuple[int, int]]:
        told = lianyi(self.up.home, "people", "duplicates", "--json").stdout.splitlines()
        return sorted((one["a"], one["b"]) for one in map(json.loads, told))


@pytest.fixture
def there(up: Callable[..., Up]) -> Installation:
    running = up("--json").wait_until_ready()
    for place, (name, surname, born, city) in enumerate((*PEOPLE[:2] * 2, PEOPLE[2])):
        traits = {"firstName": name, "lastName": surname, "birthday": born, "city": city}
        send(running, {"type": "identify", "userId": f"u{place}", "traits": traits})
    assert lianyi(running.home, "drain", "--timeout", "60").returncode == 0
    return Installation(running)


def test_killed_itself_and_with_its_worker_it_is_begun_anew(there: Installation) -> None:
    there.call("POST")
    killed = there.searching()
    os.kill(killed, signal.SIGKILL)
    second = there.searching(besides=killed)
    os.kill(there.up.children()["worker"], signal.SIGKILL)
    third = there.searching(besides=second)
    assert alive([killed, second]) == []
    told = there.until("done")
    assert (told["people"], told["suggested"]) == (5, 2)
    assert there.pairs() == [(1, 3), (2, 4)]
    eventually(lambda: alive([third]) == [], "the search has ended")


def test_stopped_it_ends_at_once_and_changes_nothing(there: Installation) -> None:
    there.call("POST")
    pid = there.searching()
    assert there.call("DELETE")["state"] in ("running", "stopped")
    told = there.until("stopped")
    assert (told["found_at"], told["suggested"]) == (None, 0)
    eventually(lambda: alive([pid]) == [], "the search has ended")
    assert there.pairs() == []


_ASK = """
import django
django.setup()
from lianyi.audience.learned import actions, queries
from lianyi.foundation.workspaces.queries import oldest_workspace
from lianyi.kernel.clock import system_clock
workspace = oldest_workspace().pk
"""


def told(there: Installation, code: str) -> str:
    """What a process in the installation's home prints."""
    variables = {**variables_of(there.up.home), "DJANGO_SETTINGS_MODULE": "lianyi.assembly.settings"}
    done = subprocess.run(
        [sys.executable, "-c", _ASK + code], env=variables, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_what_buyers_are_worth_is_fitted_by_the_worker(there: Installation) -> None:
    done = lianyi(there.up.home, "worth", "fit", "--wait")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("There are 0 buyers, 0 of whom bought on more than one day; it takes 200 and 50.")


def test_a_model_is_learned_by_the_worker(there: Installation) -> None:
    model = told(there, "print(actions.create_model(workspace, 'Buys', 'purchase', 30, system_clock()).id)")
    look = f"model = queries.model_of(workspace, {model}); print(model.state, '|', model.problem)"
    eventually(lambda: told(there, look).startswith("failed"), "the model was learned")
    assert told(there, look).startswith(
        "failed | Of 0 people known 60 days ago, 0 had the outcome in the 30 days after;"
    )


_CODES = 4_000
_PRINT = f"""
import django
django.setup()
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, Actor, Role
from lianyi.foundation.workspaces.queries import oldest_workspace
from lianyi.kernel.clock import system_clock
from lianyi.links.looks.schemas import PLAIN
from lianyi.links.models import ShortLink
from lianyi.links.printing import Chosen
from lianyi.links.sheets.actions import ask_sheet
workspace = oldest_workspace().pk
said = {{"workspace": workspace, "kind": "code", "target": "https://a.example/", "created_at": 1}}
ShortLink.objects.bulk_create([ShortLink(**said, slug=f"k{{n}}", code=f"k{{n}}") for n in range({_CODES})])
with acting_as(Actor("member:1", workspace, ABILITIES[Role.OWNER])):
    print(ask_sheet(workspace, Chosen(), PLAIN, system_clock(), installation="http://a.example", title="Brand").id)
"""
_LOOK = """
import django, sys
django.setup()
from lianyi.links.sheets.models import CodeSheet
row = CodeSheet.objects.get()
print(row.state, row.step, row.deaths, row.codes, row.pages, row.size)
"""


def printing(up: Up, *, besides: tuple[int, ...] = ()) -> int:
    """The process that prints."""
    ends = time.monotonic() + WITHIN
    while time.monotonic() < ends:
        for pid in up.pids():
            words = command_line(pid)
            if pid not in besides and "lianyi.assembly.processes.entry" in words and "print" in words:
                return pid
        time.sleep(0.02)
    raise AssertionError("nobody prints")


def test_a_sheet_whose_process_and_worker_are_killed_is_begun_anew_and_never_half(up: Callable[..., Up]) -> None:
    running = up("--json").wait_until_ready()
    folder = running.home / "sheets"
    variables = {**variables_of(running.home), "DJANGO_SETTINGS_MODULE": "lianyi.assembly.settings"}

    def said(code: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout.split()

    said(_PRINT)
    killed: tuple[int, ...] = ()
    for kill_worker in (False, True):
        pid = printing(running, besides=killed)
        eventually(lambda: any(one.stat().st_size > 200_000 for one in folder.glob("*/*.part")), "a page is written")
        os.kill(running.children()["worker"] if kill_worker else pid, signal.SIGKILL)
        killed = (*killed, pid)
        assert list(folder.glob("*/*.pdf")) == []
        for part in folder.glob("*/*.part"):
            part.unlink()
    eventually(lambda: said(_LOOK)[0] == "done", "the sheet is printed")
    (document,) = folder.glob("*/*.pdf")
    content = document.read_bytes()
    assert said(_LOOK) == ["done", "100", "1", str(_CODES), "167", str(len(content))]
    assert content.endswith(b"%%EOF\n")
    assert content.count(b"/Type /Page ") == 167
