"""Rows on their way: queued once, claimed by one, settled by what came of the call."""

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from django.db import connection
from tests.foundation.outbox.senders import Folder, Happening, Searchable

from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.outbox import actions, queries
from lianyi.foundation.outbox.models import OutboxRow
from lianyi.foundation.outbox.outcomes import MOST_ATTEMPTS, pause_after
from lianyi.foundation.outbox.schemas import Decision, Parcel, Sent, State
from lianyi.foundation.outbox.sending import move_on, send_due
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.kernel.clock import Clock
from lianyi.kernel.errors import Refused
from lianyi.kernel.outcomes import Disconnected, Rejected, Throttled, Unavailable, Unsettled

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
_slugs = count(1)


@pytest.fixture
def workspace() -> int:
    return create_workspace(f"outbox-{next(_slugs)}", "Outbox").pk


def put(workspace: int, key: str = "a", **payload: object) -> int:
    return actions.enqueue(workspace, "note", key, payload or {"text": "hello"}, NOW)


def row(number: int) -> OutboxRow:
    return OutboxRow.objects.get(pk=number)


def told(number: int) -> tuple[str, str, int, datetime | None]:
    found = row(number)
    return found.state, found.error, found.attempts, found.due_at


def at(now: datetime) -> Clock:
    return lambda: now


def fail(error: Exception) -> Happening:
    def raising(parcel: Parcel) -> None:
        raise error

    return raising


def test_the_same_key_makes_one_row(workspace: int) -> None:
    first = put(workspace, text="hello", n=1.5)
    assert put(workspace, n=1.5, text="hello") == first
    with pytest.raises(Refused) as refused:
        put(workspace, text="bye")
    assert refused.value.code == "outbox.key_used"
    assert row(first).payload == {"text": "hello", "n": 1.5}
    other = create_workspace(f"outbox-{next(_slugs)}", "Other").pk
    assert len({first, put(other), actions.enqueue(workspace, "post", "a", {}, NOW)}) == 3
    assert OutboxRow.objects.count() == 3


@pytest.mark.parametrize("bad", [{"n": float("nan")}, {"n": object()}, {"t": "a\x00b"}, {"t": "x" * 300_000}])
def test_what_no_row_can_hold_is_refused(workspace: int, bad: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        put(workspace, **bad)
    assert refused.value.code == "outbox.payload"
    assert OutboxRow.objects.count() == 0


def test_what_is_due_is_claimed_once_the_longest_due_first(workspace: int) -> None:
    late, early = (
        actions.enqueue(workspace, "note", key, {}, NOW + wait * MINUTE) for key, wait in [("late", 2), ("early", 1)]
    )
    actions.enqueue(workspace, "note", "not yet", {}, NOW + 4 * MINUTE)
    actions.enqueue(workspace, "post", "another kind", {}, NOW)
    claimed = actions.claim(["note"], NOW + 3 * MINUTE, 10)
    assert [(one.id, one.attempt) for one in claimed] == [(early, 1), (late, 1)]
    assert actions.claim(["note"], NOW + 3 * MINUTE, 10) == []
    assert row(early).state == State.SENDING
    assert row(early).claimed_until == NOW + 3 * MINUTE + actions.CLAIM_LIVES_FOR


def test_a_sent_row_keeps_its_receipt_and_is_never_sent_again(workspace: int, tmp_path: Path) -> None:
    number, sender = put(workspace), Folder(tmp_path / "sent")
    assert send_due([sender], lambda: NOW) == 1
    assert send_due([sender], lambda: NOW + timedelta(days=1)) == 0
    assert move_on([sender], lambda: NOW + timedelta(days=1)) == 0
    assert put(workspace) == number
    found = row(number)
    assert (found.state, found.receipt, found.settled_at, found.due_at) == (State.SENT, "receipt a", NOW, None)
    assert sender.sent == ["a"]


@pytest.mark.parametrize(
    ("error", "state", "said", "due_at"),
    [
        (Rejected("smtp.550"), "failed", "Rejected smtp.550", None),
        (Disconnected("smtp.535"), "failed", "Disconnected smtp.535", None),
        (Refused("member.gone", "She left: secret words."), "failed", "Refused member.gone", None),
        (Unavailable("smtp.421"), "queued", "Unavailable smtp.421", NOW + timedelta(seconds=30)),
        (Throttled("http.429", NOW + 7 * MINUTE), "queued", "Throttled http.429", NOW + 7 * MINUTE),
        (Throttled("http.429", NOW - MINUTE), "queued", "Throttled http.429", NOW + timedelta(seconds=30)),
        (Unsettled("smtp.lost"), "unsettled", "Unsettled smtp.lost", None),
        (ValueError("the contents"), "unsettled", "ValueError", None),
    ],
)
def test_each_error_says_what_to_do_next(
    workspace: int, tmp_path: Path, error: Exception, state: str, said: str, due_at: datetime | None
) -> None:
    number = put(workspace)
    send_due([Folder(tmp_path / "sent", before=fail(error))], lambda: NOW)
    assert told(number) == (state, said, 1, due_at)
    assert row(number).claimed_until is None


def test_a_row_is_tried_a_bounded_number_of_times(workspace: int, tmp_path: Path) -> None:
    number, now = put(workspace), NOW
    sender = Folder(tmp_path / "sent", before=fail(Unavailable("down")))
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert send_due([sender], at(now)) == 1
        assert send_due([sender], at(now)) == 0
        now += pause_after(attempt)
    assert told(number) == ("failed", "Unavailable down", MOST_ATTEMPTS, None)
    assert send_due([sender], lambda: now + timedelta(days=9)) == 0
    assert timedelta(hours=4) < now - NOW < timedelta(hours=8)


def test_an_open_outcome_is_looked_up(workspace: int, tmp_path: Path) -> None:
    """Lost before the call's effect: not there, so it goes again; lost after it: found."""
    arrived, lost = put(workspace, "arrived"), put(workspace, "lost")

    def first_time(key: str) -> Happening:
        def happen(parcel: Parcel) -> None:
            if parcel.key == key and parcel.attempt == 1:
                raise Unsettled("cut")

        return happen

    sender = Searchable(tmp_path / "sent", before=first_time("lost"), after=first_time("arrived"))
    assert send_due([sender], lambda: NOW) == 2
    assert [told(one)[:3] for one in (arrived, lost)] == [("unsettled", "Unsettled cut", 1)] * 2
    assert move_on([sender], lambda: NOW) == 0  # not yet
    assert move_on([sender], lambda: NOW + MINUTE) == 2
    assert (row(arrived).state, row(arrived).receipt) == (State.SENT, "found arrived")
    assert send_due([sender], lambda: NOW + MINUTE) == 1
    assert row(lost).state == State.SENT
    assert sender.sent == ["arrived", "lost"]


def test_a_look_that_fails_is_repeated_and_then_left_to_a_person(workspace: int, tmp_path: Path) -> None:
    class Blind(Searchable):
        def find(self, parcel: Parcel, now: datetime) -> str | None:
            raise Unavailable("down")

    number, now = put(workspace), NOW
    sender = Blind(tmp_path / "sent", after=fail(Unsettled("cut")))
    send_due([sender], lambda: now)
    for _ in range(MOST_ATTEMPTS - 1):
        now += timedelta(hours=1)
        assert move_on([sender], at(now)) == 1
    assert told(number) == ("unsettled", "not found out: Unavailable", MOST_ATTEMPTS, None)
    assert move_on([sender], lambda: now + timedelta(days=9)) == 0
    assert sender.sent == ["a"]


def test_a_person_decides_what_stays_open(workspace: int, tmp_path: Path) -> None:
    rows = [put(workspace, key) for key in "abc"]
    sender = Folder(tmp_path / "sent", after=fail(Unsettled("cut")))
    send_due([sender], lambda: NOW)
    for number, decision in zip(rows, Decision, strict=True):
        actions.decide(workspace, number, decision, NOW)
    assert [told(one) for one in rows] == [
        ("sent", "", 1, None),
        ("failed", "by a member", 1, None),
        ("queued", "Unsettled cut", 1, NOW),
    ]
    lines = AuditLine.objects.filter(workspace=workspace, action="outbox.decided").order_by("pk")
    assert [line.detail for line in lines] == [
        {"row": number, "was": "unsettled", "now": decision.value}
        for number, decision in zip(rows, Decision, strict=True)
    ]
    for number, code in [(rows[0], "outbox.decided"), (10**9, "outbox.unknown")]:
        with pytest.raises(Refused) as refused:
            actions.decide(workspace, number, Decision.AGAIN, NOW)
        assert refused.value.code == code
    other = create_workspace(f"outbox-{next(_slugs)}", "Other").pk
    with pytest.raises(Refused):
        actions.decide(other, rows[1], Decision.AGAIN, NOW)
    assert told(rows[1]) == ("failed", "by a member", 1, None)


def test_nothing_leaves_a_workspace_on_hold(workspace: int, tmp_path: Path) -> None:
    other = create_workspace(f"outbox-{next(_slugs)}", "Other").pk
    held, free, sender = put(workspace, "held"), put(other, "free"), Searchable(tmp_path / "sent")
    for _ in range(2):
        actions.hold(workspace, NOW)
    assert queries.held() == [workspace]
    assert (queries.is_held(workspace), queries.is_held(other)) == (True, False)
    assert send_due([sender], lambda: NOW) == 1
    assert (row(held).state, row(free).state, sender.sent) == ("queued", "sent", ["free"])
    OutboxRow.objects.filter(pk=held).update(state=State.UNSETTLED)
    assert move_on([sender], lambda: NOW) == 0  # not even looked up
    OutboxRow.objects.filter(pk=held).update(state=State.QUEUED)
    assert (actions.release(workspace), actions.release(workspace)) == (True, False)
    assert send_due([sender], lambda: NOW) == 1
    assert sender.sent == ["free", "held"]
    lines = AuditLine.objects.filter(workspace=workspace, action__startswith="outbox.").order_by("pk")
    assert [line.action for line in lines] == ["outbox.held", "outbox.released"]


def test_a_late_word_counts_until_somebody_else_acted(workspace: int) -> None:
    numbers = {key: put(workspace, key) for key in ("late", "again", "decided")}
    parcels = {one.key: one for one in actions.claim(["note"], NOW, 3)}
    later = NOW + actions.CLAIM_LIVES_FOR + MINUTE
    assert actions.settle_lost({}, later, 100) == 3
    assert {row(one).state for one in numbers.values()} == {"unsettled"}
    actions.decide(workspace, numbers["again"], Decision.AGAIN, later)
    assert [one.attempt for one in actions.claim(["note"], later, 3)] == [2]
    actions.decide(workspace, numbers["decided"], Decision.FAILED, later)
    taken = {key: actions.settle(parcel, Sent("r"), later) for key, parcel in parcels.items()}
    assert taken == {"late": True, "again": False, "decided": False}
    assert {key: row(one).state for key, one in numbers.items()} == {
        "late": "sent",
        "again": "sending",
        "decided": "failed",
    }


def test_a_list_shows_no_contents(workspace: int, tmp_path: Path) -> None:
    number = put(workspace, "k", password="hunter2")
    assert "hunter2" not in repr(actions.claim(["note"], NOW, 1))
    assert queries.rows_of(workspace, list(State), 10) == [
        queries.Waiting(number, "note", "k", "sending", NOW, 1, "", "")
    ]
    assert queries.rows_of(workspace, [State.SENT], 10) == []
    assert queries.counts() == {"sending": 1}


def plan_of(query: str, *values: object) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {query}", values)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_what_was_sent_costs_nothing(workspace: int) -> None:
    """Claims, lists and counts read indexes that hold no sent row."""
    OutboxRow.objects.bulk_create(
        OutboxRow(workspace_id=workspace, kind="note", key=str(n), payload={}, state=State.SENT) for n in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outbox")
    claiming = (
        "SELECT id FROM outbox o WHERE state = %s AND kind = ANY(%s) AND due_at <= %s ORDER BY due_at, id LIMIT 1"
    )
    opened = list(State)
    opened.remove(State.SENT)
    listing = "SELECT id FROM outbox WHERE workspace_id = %s AND state = ANY(%s) ORDER BY id DESC LIMIT 100"
    for query, values, index in [
        (claiming.replace("%s", "'queued'", 1), (["note"], NOW), "outbox_due"),
        (claiming.replace("%s", "'unsettled'", 1), (["note"], NOW), "outbox_unsettled"),
        (listing, (workspace, [state.value for state in opened]), "outbox_open"),
        (
            "SELECT state, count(*) FROM outbox WHERE state = ANY(%s) GROUP BY state",
            ([s.value for s in opened],),
            "outbox_open",
        ),
    ]:
        plan = plan_of(query, *values)
        assert index in plan, plan
        assert "Seq Scan" not in plan


def test_a_look_that_was_cut_short_comes_again(workspace: int) -> None:
    number = put(workspace)
    OutboxRow.objects.filter(pk=number).update(state=State.UNSETTLED, attempts=1)
    assert [(one.id, one.attempt) for one in actions.claim_open(["note"], NOW, 5)] == [(number, 2)]
    assert actions.claim_open(["note"], NOW, 5) == []
    assert [one.attempt for one in actions.claim_open(["note"], NOW + actions.CLAIM_LIVES_FOR, 5)] == [3]
    assert row(number).state == State.UNSETTLED
