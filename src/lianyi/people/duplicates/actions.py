"""Writes: look for duplicates, and answer a suggestion. An answer is a decision about identities, taken there."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal

from django.db import connection, transaction
from django.db.models import Q

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.duplicates import suggesting
from lianyi.people.duplicates.models import DuplicateSearch, DuplicateSuggestion
from lianyi.people.duplicates.queries import persons_behind, records_of
from lianyi.people.duplicates.schemas import Search, Suggestions
from lianyi.people.identity import actions as identity
from lianyi.people.identity.queries import numbers_of

STEPS = suggesting.STEPS + 1  # of a search: read everybody, then those


@needs(Ability.EDIT_PEOPLE)
def find_duplicates(
    workspace: int,
    now: datetime,
    threshold: float = suggesting.THRESHOLD,
    progress: Callable[[int], None] = lambda _steps: None,
) -> Search:
    """Compares everybody of the workspace and keeps what was found. `progress` hears of each of the STEPS.

    Takes minutes for a million people, outside of any transaction; only the writing at the end is one.
    """
    records = records_of(workspace)
    progress(1)
    found = suggesting.suggest(records, threshold, progress)
    keep_found(workspace, found, now)
    return Search(to_micros(now), found.people, found.compared, found.skipped, len(found.pairs))


@transaction.atomic
def keep_found(workspace: int, found: Suggestions, now: datetime) -> None:
    """Puts what a search found in the place of the open suggestions; answered ones stay as they are."""
    at = to_micros(now)
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
            DELETE FROM duplicate_suggestion s WHERE workspace = %s AND answered IS NULL
            AND NOT EXISTS (SELECT 1 FROM found_now f WHERE f.a = s.a AND f.b = s.b)
            """,
            [workspace],
        )
        cursor.execute(
            """
            INSERT INTO duplicate_suggestion (workspace, a, b, probability, reasons, found_at)
            SELECT %s, a, b, probability, reasons, %s FROM found_now ORDER BY a, b
            ON CONFLICT (workspace, a, b) DO UPDATE SET probability = excluded.probability, reasons = excluded.reasons
            WHERE duplicate_suggestion.answered IS NULL
            """,
            [workspace, at],
        )
        cursor.execute("DROP TABLE found_now")
    record_audit(workspace, "duplicates.found", {"people": found.people, "pairs": len(found.pairs)})


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def answer(workspace: int, a: int, b: int, said: Literal["same", "not_same"], now: datetime) -> str:
    """Answers the open suggestion that persons `a` and `b` are one: merges them, or keeps them apart for good.

    Any identity of a person names it. The decision's id (hex), by which identity takes it back. Refuses a pair that
    nobody suggests, or that is answered.
    """
    [(person_a, person_b)] = persons_behind(workspace, [(a, b)])
    one, other = numbers_of(workspace, person_a), numbers_of(workspace, person_b)
    between = Q(a__in=one, b__in=other) | Q(a__in=other, b__in=one)
    rows = DuplicateSuggestion.objects.filter(between, workspace=workspace, answered=None)
    if not rows.update(answered=said):
        raise Refused(
            "duplicates.none",
            "Nothing suggests that {a} and {b} are one person, or it was answered.",
            "See `lianyi people duplicates`.",
            a=a,
            b=b,
        )
    decide = identity.merge if said == "same" else identity.keep_apart
    return decide(workspace, person_a, person_b, now)


@transaction.atomic
def forget(workspace: int, numbers: Iterable[int] | None = None) -> int:
    """Removes the suggestions about identities `numbers`, or everything that this room has of the workspace. How many
    suggestions there were.
    """
    rows = DuplicateSuggestion.objects.filter(workspace=workspace)
    if numbers is None:
        DuplicateSearch.objects.filter(workspace=workspace).delete()
        return rows.delete()[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM duplicate_suggestion WHERE workspace = %(ws)s AND (a = ANY(%(n)s) OR b = ANY(%(n)s))",
            {"ws": workspace, "n": sorted(set(numbers))},
        )
        return int(cursor.rowcount)
