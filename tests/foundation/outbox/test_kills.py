"""`kill -9` at each step between a claim and its settlement, in a real process: nothing leaves twice or is lost."""

import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.foundation.outbox.senders import Folder, Searchable

from lianyi.foundation.outbox.actions import CLAIM_LIVES_FOR, claim, enqueue
from lianyi.foundation.outbox.models import OutboxRow
from lianyi.foundation.outbox.sending import move_on, send_due
from lianyi.foundation.workspaces.actions import create_workspace

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
LATER = NOW + 2 * CLAIM_LIVES_FOR
Make = Callable[..., Folder]


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying_at(word: str) -> Callable[..., Any]:
    """Lets the statement that holds `word` happen, and ends the process before its commit."""

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        if word in sql:
            die()
        return done

    return wrapper


def in_a_process_that_dies(work: Callable[[], object]) -> None:
    connection.close()
    pid = os.fork()
    if not pid:
        try:
            work()
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def sending_dies(at: str, make: Make, place: Path) -> None:
    """Sends in a process that ends at this step."""

    def work() -> None:
        match at:
            case "before the claim's commit":
                with connection.execute_wrapper(dying_at("WITH due AS")):
                    send_due([make(place)], lambda: NOW)
            case "after the claim":
                claim(["note"], NOW, 1)
                die()
            case "before the effect":
                send_due([make(place, before=die)], lambda: NOW)
            case "after the effect":
                send_due([make(place, after=die)], lambda: NOW)
            case "before the settlement's commit":
                with connection.execute_wrapper(dying_at('"receipt" =')):
                    send_due([make(place)], lambda: NOW)

    in_a_process_that_dies(work)


STEPS = [
    # step, the state it leaves, how many effects it left
    ("before the claim's commit", "queued", 0),
    ("after the claim", "sending", 0),
    ("before the effect", "sending", 0),
    ("after the effect", "sending", 1),
    ("before the settlement's commit", "sending", 1),
]
MAKES: dict[str, Make] = {
    "no way to tell": Folder,
    "can look": Searchable,
    "repeat is safe": lambda *args, **more: Folder(*args, safe=True, **more),
}


@pytest.mark.parametrize("name", MAKES)
@pytest.mark.parametrize(("step", "state", "effects"), STEPS)
def test_a_killed_sender(tmp_path: Path, name: str, step: str, state: str, effects: int) -> None:
    workspace = create_workspace("killed", "Killed").pk
    number, make, place = enqueue(workspace, "note", "a", {}, NOW), MAKES[name], tmp_path / "sent"
    sending_dies(step, make, place)
    sender = make(place)
    assert (OutboxRow.objects.get(pk=number).state, len(sender.sent)) == (state, effects)

    assert move_on([sender], lambda: NOW) == 0  # its claim still holds
    for _ in range(3):
        move_on([sender], lambda: LATER)
        send_due([sender], lambda: LATER + CLAIM_LIVES_FOR)
        move_on([sender], lambda: LATER + CLAIM_LIVES_FOR)
    send_due([sender], lambda: LATER + 2 * CLAIM_LIVES_FOR)

    row = OutboxRow.objects.get(pk=number)
    if state == "queued" or name == "can look":
        assert (row.state, len(sender.sent)) == ("sent", 1)
    elif name == "no way to tell":
        assert (row.state, row.error, row.due_at, len(sender.sent)) == ("unsettled", "claim ran out", None, effects)
    else:
        assert (row.state, len(sender.sent)) == ("sent", effects + 1)  # the place it goes to makes one of them


def test_several_senders_at_once_send_each_row_once(tmp_path: Path) -> None:
    workspace = create_workspace("many", "Many").pk
    for number in range(60):
        enqueue(workspace, "note", str(number), {}, NOW)
    calls = []

    def work() -> None:
        try:
            calls.append(send_due([Folder(tmp_path / "sent")], lambda: NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(calls) == 60
    assert sorted(map(int, Folder(tmp_path / "sent").sent)) == list(range(60))
    assert set(OutboxRow.objects.values_list("state", "attempts")) == {("sent", 1)}
