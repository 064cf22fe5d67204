"""Asking: the kept answer at once, and a newer one counted by a thread of this process.

One thread counts for the whole process, one question after another, so that looking never takes more than one core
from the work. While events come in without a pause, an answer is counted anew ten times its own cost after the last
one at the earliest, and not within three seconds.
"""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillCounting
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection

from lianyi.events.log.queries import passed_by_all
from lianyi.insight.kept.models import KeptAnswer
from lianyi.insight.kept.schemas import Kept
from lianyi.kernel.clock import system_clock
from lianyi.people.identity.queries import epoch_of

PATIENCE = 0.1  # seconds that whoever asks waits for a first or a newer answer
_REST = timedelta(seconds=3)
_RESTS = 10  # times what the last one took
_FORGOTTEN = timedelta(days=2)

log = structlog.get_logger()
_guard = threading.Lock()
_counting: dict[tuple[int, str], Future[None]] = {}
_threads: list[ThreadPoolExecutor] = []


def kept(workspace: int, question: str, count: Callable[[], Any]) -> Kept:
    """The answer to `question`, which names all that it depends on but events. `count` gives what JSON can hold; it
    runs in another thread, so it uses nothing of the request.
    """
    stamp = _stamp(workspace)
    found = _last(workspace, question)
    if found is not None and (found.stamp == stamp or _rests(found, system_clock())):
        return _kept(found, stamp)
    running = _begin(workspace, question, count)
    try:
        running.result(PATIENCE)
    except StillCounting:
        return Kept(None, None, False) if found is None else _kept(found, stamp)
    found = _last(workspace, question)
    return Kept(None, None, False) if found is None else _kept(found, stamp)


def settle() -> None:
    """Returns when nothing is being counted any more."""
    with _guard:
        running = list(_counting.values())
    for one in running:
        one.exception()


def _begin(workspace: int, question: str, count: Callable[[], Any]) -> Future[None]:
    key = (workspace, question)
    with _guard:
        running = _counting.get(key)
        if running is None:
            if not _threads:
                _threads.append(ThreadPoolExecutor(1, "answers"))
            running = _counting[key] = _threads[0].submit(_count, workspace, question, count)
        return running


def _count(workspace: int, question: str, count: Callable[[], Any]) -> None:
    try:
        stamp = _stamp(workspace)  # before: what comes meanwhile makes the answer an old one
        began = time.perf_counter()
        answer = count()
        took = time.perf_counter() - began
        now = system_clock()
        KeptAnswer.objects.update_or_create(
            workspace=workspace,
            question=question,
            defaults={"stamp": stamp, "answer": json.dumps(answer), "took": took, "counted_at": now},
        )
        KeptAnswer.objects.filter(workspace=workspace, counted_at__lt=now - _FORGOTTEN).delete()
    except Exception as error:
        log.warning("answer.failed", question=question.partition(":")[0], error=type(error).__name__)
        raise
    finally:
        connection.close()
        with _guard:
            _counting.pop((workspace, question), None)


def _last(workspace: int, question: str) -> KeptAnswer | None:
    return KeptAnswer.objects.filter(workspace=workspace, question=question).first()


def _kept(found: KeptAnswer, stamp: str) -> Kept:
    return Kept(json.loads(found.answer), found.counted_at, found.stamp == stamp)


def _rests(found: KeptAnswer, now: datetime) -> bool:
    return now - found.counted_at < max(_REST, _RESTS * timedelta(seconds=found.took))


def _stamp(workspace: int) -> str:
    """Changes with every batch that all projectors have passed, and with every erasure."""
    return f"{passed_by_all(workspace)}.{epoch_of(workspace)}"
