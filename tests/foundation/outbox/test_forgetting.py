"""What is over is forgotten after ninety days, but never that it was."""

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from django.db import connection
from tests.foundation.outbox.senders import Folder

from lianyi.foundation.outbox import actions
from lianyi.foundation.outbox.forgetting import _OVER, KEPT_FOR, forget
from lianyi.foundation.outbox.models import OutboxRow, SpentKey
from lianyi.foundation.outbox.schemas import Decision, Parcel
from lianyi.foundation.outbox.sending import send_due
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.kernel.errors import Refused
from lianyi.kernel.outcomes import Rejected, Unsettled

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LATER = NOW + KEPT_FOR + MINUTE
_slugs = count(1)


@pytest.fixture
def workspace() -> int:
    return create_workspace(f"forgetting-{next(_slugs)}", "Forgetting").pk


def put(workspace: int, key: str, now: datetime = NOW, **payload: object) -> int:
    return actions.enqueue(workspace, "note", key, payload or {"text": "hello"}, now)


def send(folder: Path, now: datetime, **errors: Exception) -> None:
    """Sends what is due; keys with an error meet it."""

    def happening(parcel: Parcel) -> None:
        if parcel.key in errors:
            raise errors[parcel.key]

    send_due([Folder(folder / "sent", before=happening)], lambda: now)


def left() -> list[str]:
    return list(OutboxRow.objects.order_by("pk").values_list("key", flat=True))


def test_what_was_sent_is_forgotten_after_ninety_days_and_never_sent_again(workspace: int, tmp_path: Path) -> None:
    first = put(workspace, "a", text="hello", n=1.5)
    send(tmp_path, NOW)
    assert (forget(NOW + KEPT_FOR), left()) == (0, ["a"])
    assert (forget(LATER), left(), SpentKey.objects.count()) == (1, [], 1)
    assert put(workspace, "a", LATER, n=1.5, text="hello") == first
    with pytest.raises(Refused) as refused:
        put(workspace, "a", LATER, text="bye")
    assert refused.value.code == "outbox.key_used"
    assert left() == []
    send(tmp_path, LATER)
    assert (tmp_path / "sent").read_text() == "a\n"
    assert forget(LATER) == 0


def test_a_forgotten_key_is_used_in_its_workspace_and_kind_only(workspace: int, tmp_path: Path) -> None:
    first = put(workspace, "a")
    send(tmp_path, NOW)
    forget(LATER)
    other = create_workspace(f"forgetting-{next(_slugs)}", "Other").pk
    numbers = {
        first,
        put(other, "a"),
        actions.enqueue(workspace, "post", "a", {"text": "hello"}, NOW),
        put(workspace, "b"),
    }
    assert len(numbers) == 4
    assert left() == ["a", "a", "b"]


def test_what_nobody_decided_stays(workspace: int, tmp_path: Path) -> None:
    for key in ("failed", "open", "held", "sent"):
        put(workspace, key)
    put(workspace, "later", LATER + MINUTE)
    send(tmp_path, NOW, failed=Rejected("no"), open=Unsettled("lost"), held=Rejected("no"))
    assert (forget(LATER), left()) == (1, ["failed", "open", "held", "later"])
    numbers = dict(OutboxRow.objects.values_list("key", "pk"))
    actions.decide(workspace, numbers["failed"], Decision.FAILED, LATER)
    actions.decide(workspace, numbers["open"], Decision.SENT, LATER)
    assert forget(LATER + KEPT_FOR) == 0
    assert (forget(LATER + KEPT_FOR + MINUTE), left()) == (2, ["held", "later"])
    assert put(workspace, "failed") == numbers["failed"]
    assert left() == ["held", "later"]


def test_the_oldest_go_first_a_batch_at_a_time_by_an_index(workspace: int, tmp_path: Path) -> None:
    for day in range(5):
        put(workspace, str(day))
        send(tmp_path, NOW + timedelta(days=4 - day))
    assert (forget(LATER + timedelta(days=9), 2), left()) == (2, ["0", "1", "2"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            f"EXPLAIN SELECT id FROM outbox WHERE {_OVER} AND settled_at < %s ORDER BY settled_at LIMIT 5",
            [LATER],
        )
        assert any("outbox_over" in line for (line,) in cursor.fetchall())
