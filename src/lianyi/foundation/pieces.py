"""Long pieces of work as rows of a room's table: asked for by a member, claimed by a worker, seen through in a process
of its own, and begun anew where that died.

A claim lasts until whoever is the only worker next frees it. What comes of a piece is written in one transaction with
its end, by whoever holds the claim: nobody writes twice, and one who was thought dead writes nothing.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar

import structlog
from django.db import connection, models, transaction
from django.db.models import F, QuerySet

from lianyi.foundation.access.acting import acting_as, current_actor
from lianyi.foundation.access.schemas import Ability, Actor
from lianyi.kernel.clock import Clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence

MOST_DEATHS = 3

log = structlog.get_logger()


class Lost(Exception):
    """Somebody else has the piece by now, or stopped it."""


class Piece(models.Model):
    """What every such table has."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped"
        FAILED = "failed"

    workspace = models.IntegerField()
    asked_at = models.BigIntegerField()  # µs
    finished_at = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=State.choices)
    stop = models.BooleanField(default=False)  # somebody asked it to stop
    step = models.SmallIntegerField(default=0)  # of its steps, that are done
    deaths = models.SmallIntegerField(default=0)  # processes that died of it
    actor = models.CharField(max_length=64)
    claimed_by = models.CharField(max_length=64, blank=True)
    problem = models.JSONField(null=True)  # a packed Refused

    class Meta:
        abstract = True

    @property
    def waits(self) -> bool:
        """Whether nobody has begun it yet."""
        return self.state == self.State.RUNNING and not self.claimed_by

    @property
    def refusal(self) -> Refused | None:
        """Why it failed."""
        return None if self.problem is None else Refused.unpacked(self.problem)


_P = TypeVar("_P", bound=Piece)
Step = Callable[..., None]  # so many steps are done, by default one; raises Lost where there is no use in going on


def _asked(now: datetime) -> dict[str, Any]:
    """The fields of a piece that the present actor asks for, as if nothing had ever been done of it."""
    return {
        "asked_at": to_micros(now),
        "finished_at": None,
        "state": Piece.State.RUNNING,
        "stop": False,
        "step": 0,
        "deaths": 0,
        "actor": current_actor().name,
        "claimed_by": "",
        "problem": None,
    }


def ask(row: Piece, now: datetime, **more: object) -> None:
    """The present actor asks for a piece, whose row is held or new, as if nothing had ever been done of it; `more` are
    fields of its room.
    """
    for name, value in {**_asked(now), **more}.items():
        setattr(row, name, value)
    row.save()


def ask_alone(table: type[_P], workspace: int, now: datetime, **more: object) -> _P | None:
    """The same where the table has one row for a workspace, in the caller's transaction. None while that piece runs."""
    rows = table._default_manager
    row, is_new = rows.get_or_create(workspace=workspace, defaults={**_asked(now), **more})
    if is_new:
        return row
    row = rows.select_for_update().get(workspace=workspace)
    if row.state == Piece.State.RUNNING:
        return None
    ask(row, now, **more)
    return row


def stop(row: Piece, now: datetime) -> bool:
    """Has a piece, whose row is held, end within seconds, or at once where nobody has begun it. False where it does not
    run, or was stopped before.
    """
    if row.state != Piece.State.RUNNING or row.stop:
        return False
    row.stop = True
    if not row.claimed_by:
        row.state, row.finished_at = Piece.State.STOPPED, to_micros(now)
    row.save(update_fields=["stop", "state", "finished_at"])
    return True


class Pieces(Generic[_P]):
    """Those of one table. `room` is what the log calls them by, and `died` what a member is told of one whose process
    was ended from outside too often.

    `work` does a piece: it is given the row, a clock and what to call when steps are done, and gives what then writes
    what came of it.
    """

    def __init__(
        self, table: type[_P], room: str, died: Sentence, work: Callable[[_P, Clock, Step], Callable[[], object]]
    ) -> None:
        self._table, self._room, self._died, self._work = table, room, died, work

    def release_claims(self) -> None:
        """Frees what a worker left behind that is gone; called by who has just become the only one."""
        self._all.filter(state=Piece.State.RUNNING).exclude(claimed_by="").update(claimed_by="")

    def claim(self, holder: str) -> int | None:
        """The key of the piece that was asked for first and that nobody has; None when none waits."""
        table, key = self._table._meta.db_table, self._table._meta.pk.column
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"""
                UPDATE {table} SET claimed_by = %(holder)s, step = 0 WHERE {key} = (
                    SELECT {key} FROM {table} WHERE state = 'running' AND claimed_by IN ('', %(holder)s)
                    ORDER BY asked_at, {key} LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING {key}
                """,
                {"holder": holder},
            )
            row = cursor.fetchone()
        return None if row is None else int(row[0])

    def run(self, key: int, holder: str, clock: Clock) -> None:
        """Sees the claimed piece through, for whoever asked for it."""
        row = self._all.get(pk=key)
        with acting_as(Actor(row.actor, row.workspace, frozenset({Ability.EDIT_PEOPLE}))):
            try:
                keep = self._work(row, clock, partial(self.step, key, holder))
                with transaction.atomic():
                    self._hold(key, holder)
                    keep()
                    self.finish(key, holder, clock)
            except Lost:
                log.info(f"{self._room}.lost", workspace=row.workspace, piece=key)
            except Refused as refused:
                self._end(key, holder, clock, Piece.State.FAILED, refused)

    def step(self, key: int, holder: str, steps: int = 1) -> None:
        """So many steps are done. Raises Lost where there is no use in going on."""
        if not self._mine(key, holder).filter(stop=False).update(step=F("step") + steps):
            raise Lost

    def _hold(self, key: int, holder: str) -> None:
        """Keeps the piece until the transaction ends. Raises Lost where there is no use in going on."""
        if not self._mine(key, holder).filter(stop=False).select_for_update().exists():
            raise Lost

    def finish(self, key: int, holder: str, clock: Clock) -> None:
        """It is done."""
        self._end(key, holder, clock, Piece.State.DONE)

    def asked_to_stop(self, key: int, holder: str) -> bool:
        """Whether there is no use in going on: somebody stopped it, deleted it, or it is another one's."""
        return not self._mine(key, holder).filter(stop=False).exists()

    def give_back(self, key: int, holder: str) -> None:
        """The worker stops: the next one begins it anew."""
        self._mine(key, holder).update(claimed_by="")

    @transaction.atomic
    def settle(self, key: int, holder: str, clock: Clock) -> None:
        """The process that did it has ended. Where the piece has not, it was stopped, or died: then it is begun anew,
        unless it died too often.
        """
        row = self._mine(key, holder).select_for_update().first()
        if row is None:
            return
        if row.stop:
            self._end(key, holder, clock, Piece.State.STOPPED)
        elif row.deaths + 1 >= MOST_DEATHS:
            died = Refused(
                f"{self._room}.died",
                self._died,
                "It may lack memory: start it again when the machine has more to spare.",
            )
            self._end(key, holder, clock, Piece.State.FAILED, died)
        else:
            row.deaths, row.claimed_by = row.deaths + 1, ""
            row.save(update_fields=["deaths", "claimed_by"])
            log.warning(f"{self._room}.died", workspace=row.workspace, piece=key, deaths=row.deaths)

    @property
    def _all(self) -> QuerySet[_P]:
        return self._table._default_manager.all()

    def _mine(self, key: int, holder: str) -> QuerySet[_P]:
        return self._all.filter(pk=key, claimed_by=holder, state=Piece.State.RUNNING)

    def _end(self, key: int, holder: str, clock: Clock, state: str, problem: Refused | None = None) -> None:
        self._mine(key, holder).update(
            state=state,
            finished_at=to_micros(clock()),
            claimed_by="",
            problem=None if problem is None else problem.packed(),
        )
