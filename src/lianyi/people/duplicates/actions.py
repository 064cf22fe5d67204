"""Writes: look for duplicates, and answer a suggestion. An answer is a decision about identities, taken there."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.duplicates import suggesting
from lianyi.people.duplicates.comparing import compare_all
from lianyi.people.duplicates.models import DuplicateRun, DuplicateSearch, DuplicateSuggestion
from lianyi.people.duplicates.queries import persons_behind
from lianyi.people.duplicates.schemas import Search, Suggestions
from lianyi.people.duplicates.searches.queries import refuse_while_searching
from lianyi.people.identity import actions as identity
from lianyi.people.identity.queries import numbers_of

Answer = Literal["same", "not_same", "later"]
_ANSWERS = 0x6C790002


@needs(Ability.EDIT_PEOPLE)
def find_duplicates(
    workspace: int,
    now: datetime,
    threshold: float = suggesting.THRESHOLD,
    progress: Callable[[int], None] = lambda _steps: None,
) -> Search:
    """Compares everybody of the workspace and keeps what was found. `progress` hears of each of
    the STEPS (`searches/queries.py`).

    Takes minutes for a million people, outside of any transaction; only the writing at the end is one. Refuses while
    the worker runs a search that a member asked for.
    """
    refuse_while_searching(workspace)
    found = compare_all(workspace, threshold, progress)
    keep_found(workspace, found, now)
    return Search(to_micros(now), found.people, found.compared, found.skipped, len(found.pairs))


@transaction.atomic
def keep_found(workspace: int, found: Suggestions, now: datetime) -> None:
    """Puts what a search found in the place of the open suggestions and those put off; answered ones stay as they are.
    One search after the other writes.
    """
    at = to_micros(now)
    _hold(workspace)
    search = {
        "found_at": at,
        "people": found.people,
        "compared": found.compared,
        "skipped": [skipped._asdict() for skipped in found.skipped],
    }
    DuplicateSearch.objects.update_or_create(workspace=workspace, defaults=search)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE found_now (a int, b int, probability float8, reasons jsonb) ON COMMIT DROP")
        with cursor.copy("COPY found_now FROM STDIN") as copy:
            for pair in found.pairs:
                reasons = json.dumps([reason._asdict() for reason in pair.reasons])
                copy.write_row([pair.a, pair.b, pair.probability, reasons])
        cursor.execute(
            """
            DELETE FROM duplicate_suggestion s WHERE workspace = %s AND (answered IS NULL OR answered = 'later')
            AND NOT EXISTS (SELECT 1 FROM found_now f WHERE f.a = s.a AND f.b = s.b)
            """,
            [workspace],
        )
        cursor.execute(
            """
            INSERT INTO duplicate_suggestion (workspace, a, b, probability, reasons, found_at)
            SELECT %s, a, b, probability, reasons, %s FROM found_now ORDER BY a, b
            ON CONFLICT (workspace, a, b) DO UPDATE SET probability = excluded.probability, reasons = excluded.reasons
            WHERE duplicate_suggestion.answered IS NULL OR duplicate_suggestion.answered = 'later'
            """,
            [workspace, at],
        )
        cursor.execute("DROP TABLE found_now")
    record_audit(workspace, "duplicates.found", {"people": found.people, "pairs": len(found.pairs)})


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def answer(workspace: int, a: int, b: int, said: Answer, now: datetime) -> str:
    """Answers the suggestion that persons `a` and `b` are one: merges them, keeps them apart for good, or puts it off.

    Any identity of a person names it. The decision's id (hex), "" for "later". Refuses a pair that nobody suggests, and
    of two who answer at once the second.
    """
    _hold(workspace)
    [(person_a, person_b)] = persons_behind(workspace, [(a, b)])
    rows = _between(workspace, person_a, person_b) if person_a and person_b else DuplicateSuggestion.objects.none()
    waiting = rows.filter(Q(answered=None) | Q(answered="later"))
    if not waiting.exists():
        raise _not_waiting(a, b, known=rows.exists())
    decision = None
    if said == "later":
        record_audit(workspace, "duplicates.put_off", {"a": a, "b": b})
    else:
        decide = identity.merge if said == "same" else identity.keep_apart
        decision = bytes.fromhex(decide(workspace, person_a, person_b, now))
    waiting.update(answered=said, answered_at=to_micros(now), actor=current_actor().name, decision=decision)
    return "" if decision is None else decision.hex()


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def reopen(workspace: int, a: int, b: int, now: datetime) -> str:
    """Takes the answer to the suggestion about identities `a` and `b` back, and what it led to; the pair is open again.
    The id (hex) of what takes the decision back, "" where there was none. Refuses where nothing was answered.
    """
    _hold(workspace)
    row = DuplicateSuggestion.objects.filter(workspace=workspace, a=min(a, b), b=max(a, b)).first()
    if row is None or row.answered is None:
        raise Refused("duplicates.not_answered", "Nobody answered whether {a} and {b} are one person.", a=a, b=b)
    nothing = {"answered": None, "answered_at": None, "actor": "", "decision": None}
    if row.decision is None:
        if row.answered != "later":
            raise Refused(
                "duplicates.long_ago",
                "This was answered before answers could be taken back here.",
                "Take back the merge on the person's page.",
            )
        DuplicateSuggestion.objects.filter(workspace=workspace, a=row.a, b=row.b).update(**nothing)
        record_audit(workspace, "duplicates.reopened", {"a": a, "b": b})
        return ""
    DuplicateSuggestion.objects.filter(workspace=workspace, answered=row.answered, decision=row.decision).update(
        **nothing
    )
    return identity.take_back(workspace, bytes(row.decision).hex(), row.a, now)


def _between(workspace: int, person_a: int, person_b: int) -> QuerySet[DuplicateSuggestion]:
    one, other = numbers_of(workspace, person_a), numbers_of(workspace, person_b)
    between = Q(a__in=one, b__in=other) | Q(a__in=other, b__in=one)
    return DuplicateSuggestion.objects.filter(between, workspace=workspace)


def _not_waiting(a: int, b: int, *, known: bool) -> Refused:
    if not known:
        return Refused("duplicates.none", "Nothing suggests that {a} and {b} are one person.", a=a, b=b)
    return Refused(
        "duplicates.answered",
        "Somebody answered this meanwhile.",
        "Take that answer back first if you see it differently.",
    )


def _hold(workspace: int) -> None:
    """Of those who answer or write what they found in one workspace, one comes after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_ANSWERS, workspace])


@transaction.atomic
def forget(workspace: int, numbers: Iterable[int] | None = None) -> int:
    """Removes the suggestions about identities `numbers`, or everything that this room has of the workspace. How many
    suggestions there were.
    """
    rows = DuplicateSuggestion.objects.filter(workspace=workspace)
    if numbers is None:
        DuplicateSearch.objects.filter(workspace=workspace).delete()
        DuplicateRun.objects.filter(workspace=workspace).delete()
        return rows.delete()[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM duplicate_suggestion WHERE workspace = %(ws)s AND (a = ANY(%(n)s) OR b = ANY(%(n)s))",
            {"ws": workspace, "n": sorted(set(numbers))},
        )
        return int(cursor.rowcount)
