"""Kept answers: the last one at once, the next one counted beside, and nobody waits for it."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.db import connection

from lianyi.foundation.workspaces.models import Workspace
from lianyi.insight.kept import keeping
from lianyi.insight.kept.keeping import kept, settle
from lianyi.insight.kept.models import KeptAnswer

pytestmark = pytest.mark.django_db(transaction=True)
WORKSPACE = 7


@pytest.fixture(autouse=True)
def _at_rest(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    Workspace.objects.create(pk=WORKSPACE, slug="w7", name="W7")
    monkeypatch.setattr(keeping, "PATIENCE", 5.0)
    yield
    settle()


def passed(batch: int) -> None:
    """Every projector has passed it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO cursor (workspace_id, projector, batch) VALUES (%s, 'identity', %s)
            ON CONFLICT (workspace_id, projector) DO UPDATE SET batch = excluded.batch
            """,
            [WORKSPACE, batch],
        )


def aged(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kept_answer SET counted_at = counted_at - %s * interval '1 second'", [seconds])


def test_an_answer_is_counted_once_until_something_comes() -> None:
    passed(1)
    counted: list[int] = []
    assert kept(WORKSPACE, "q", lambda: counted.append(1) or 11)[0] == 11
    again = kept(WORKSPACE, "q", lambda: counted.append(2) or 12)
    assert (again.answer, again.fresh, counted) == (11, True, [1])
    assert kept(8, "q", lambda: 13).answer == 13, "another workspace has answers of its own"


def test_an_answer_keeps_its_order() -> None:
    stages = {"prospect": 1, "intent": 2, "repeat": 0, "dormant": 4}
    assert list(kept(WORKSPACE, "q", lambda: stages).answer) == list(stages)


def test_an_old_answer_is_shown_while_the_next_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    passed(1)
    kept(WORKSPACE, "q", lambda: 1)
    passed(2)
    resting = kept(WORKSPACE, "q", lambda: 2)
    assert (resting.answer, resting.fresh) == (1, False), "it rests for three seconds"
    aged(4)
    monkeypatch.setattr(keeping, "PATIENCE", 0.01)
    go_on = threading.Event()
    began = time.monotonic()
    old = kept(WORKSPACE, "q", lambda: go_on.wait(20) and 2)
    assert time.monotonic() - began < 5
    assert (old.answer, old.fresh) == (1, False)
    go_on.set()
    settle()
    new = kept(WORKSPACE, "q", lambda: 3)
    assert (new.answer, new.fresh) == (2, True)


def test_the_first_answer_is_none_until_it_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PATIENCE", 0.01)
    go_on = threading.Event()
    assert kept(WORKSPACE, "q", lambda: go_on.wait(20) and 5) == (None, None, False)
    assert kept(WORKSPACE, "q", lambda: 6) == (None, None, False), "nobody counts it twice at once"
    go_on.set()
    settle()
    assert kept(WORKSPACE, "q", lambda: 6).answer == 5


def test_a_count_that_fails_keeps_nothing_and_is_tried_again() -> None:
    with pytest.raises(ZeroDivisionError):
        kept(WORKSPACE, "q", lambda: 1 // 0)
    assert not KeptAnswer.objects.exists()
    assert kept(WORKSPACE, "q", lambda: 4).answer == 4


def test_answers_that_nobody_asks_for_any_more_are_forgotten() -> None:
    kept(WORKSPACE, "old", lambda: 1)
    aged(3 * 86400)
    kept(WORKSPACE, "new", lambda: 2)
    assert list(KeptAnswer.objects.values_list("question", flat=True)) == ["new"]
