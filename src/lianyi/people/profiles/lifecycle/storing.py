"""Lifecycles in the database: signals and silences by identity, and the standing of persons.

A person without a row stands as a prospect. A row is a function of the facts of the person's identities; what it was
before tells which changes are new, and those become events.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db import connection

from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import EVENTS_IN_A_ROW, Record
from lianyi.kernel.ids import digest
from lianyi.people.profiles.arrays import integers
from lianyi.people.profiles.lifecycle.rules import Rule
from lianyi.people.profiles.lifecycle.stages import (
    SIGNAL_GAP,
    Change,
    Facts,
    Stage,
    Standing,
    after_signals,
    asleep_at,
    day_start,
    history,
    signal_span,
    standing,
)
from lianyi.people.profiles.orders import storing as orders
from lianyi.people.profiles.orders.facts import is_purchase
from lianyi.people.profiles.persons.members import Members, claims_of, members
from lianyi.people.profiles.spans import Span, merge
from lianyi.people.profiles.tables import FactTable, SpanTable

SIGNALS = SpanTable("intent_signal", {"identity": "int4"}, SIGNAL_GAP)
SILENCES = FactTable("silence", {"identity": "int4"}, {"until_at": "int8"})
STANDINGS = FactTable("standing", {"number": "int4"}, {"stage": "text", "since": "int8", "due_at": "int8"})

CHANGED = "stage.changed"
AT_ONCE = 10_000


def keep_signals(workspace: int, signals: Mapping[int, Sequence[int]]) -> set[int]:
    """Keeps the moments of signals by identity; the identities for which that changed something."""
    news = {(identity,): [signal_span(at) for at in moments] for identity, moments in signals.items()}
    return {key[0] for key in SIGNALS.fold(workspace, news)}


def keep_silences(workspace: int, silences: Mapping[int, int]) -> None:
    """Keeps up to when the silence of identities is known to have lasted."""
    news = {(identity,): (until,) for identity, until in silences.items()}
    SILENCES.fold(workspace, news, lambda row: row, lambda _key, a, b: max(a, b))


def facts_of(workspace: int, group: Members) -> dict[int, Facts]:
    """Person → all that the person's stages depend on. Persons without a fact are left out."""
    person_of = group.person_of
    signals: dict[int, list[Span]] = defaultdict(list)
    for identity, started_at, until_at in SIGNALS.read_under(workspace, group.numbers):
        signals[person_of[identity]].append(Span(started_at, until_at))
    bought: dict[int, list[int]] = defaultdict(list)
    for order in orders.of_identities(workspace, group.numbers):
        if is_purchase(order.fact) and order.fact.placed_at is not None:
            bought[person_of[order.identity]].append(order.fact.placed_at)
    until: dict[int, int] = defaultdict(int)
    for key, row in SILENCES.read_under(workspace, "identity", group.numbers).items():
        person = person_of[key[0]]
        until[person] = max(until[person], row[0])
    return {
        person: Facts(merge(signals[person], SIGNAL_GAP), bought[person], until[person])
        for person in signals.keys() | bought.keys()
    }


def assess(workspace: int, persons: Collection[int], rule: Rule, record: Record, now: int) -> None:
    """Makes the standings of these persons anew, and records what changed. `now` is the moment of what changes for no
    reason in the person's own facts.
    """
    asked = sorted(persons)
    for start in range(0, len(asked), AT_ONCE):
        _assess(workspace, asked[start : start + AT_ONCE], rule, record, now)


def assess_signals(workspace: int, signals: Mapping[int, Sequence[int]], rule: Rule, record: Record) -> set[int]:
    """The short way for persons to whom only these signals came, kept already: what they show is put on top of the
    standing. The persons with whom that takes the long way, all of their facts.
    """
    stored = _stored(workspace, list(signals))
    latest_silence = _latest_silence(workspace)
    put: dict[int, Standing] = {}
    facts: dict[int, Facts] = {}
    rest: set[int] = set()
    for person, moments in signals.items():
        before = stored.get(person)
        if before is None and latest_silence < asleep_at(day_start(min(moments)), rule.days_until_dormant):
            # Nobody without a standing has a signal or an order; a silence may be left of times with other identities.
            facts[person] = Facts(merge(map(signal_span, moments), SIGNAL_GAP))
            continue
        after = before and after_signals(before, moments, rule.days_until_dormant)
        if after is None:
            rest.add(person)
        elif after != before:
            put[person] = after
    changes = _settle(facts, {}, rule, put)
    _write(workspace, put)
    _record(workspace, changes, record)
    return rest


def _assess(workspace: int, persons: Sequence[int], rule: Rule, record: Record, now: int) -> None:
    group = members(workspace, persons)
    facts = facts_of(workspace, group)
    stored = _stored(workspace, persons)
    put: dict[int, Standing] = {}
    changes = _settle(facts, stored, rule, put)
    gone = stored.keys() - facts.keys()
    alive = set(group.persons)
    changes += [(p, stored[p].stage, Change(now, Stage.PROSPECT, "separated")) for p in sorted(gone & alive)]
    _write(workspace, put)
    _drop(workspace, sorted(gone))
    _record(workspace, changes, record)


def _settle(
    facts: Mapping[int, Facts], stored: Mapping[int, Standing], rule: Rule, put: dict[int, Standing]
) -> list[tuple[int, Stage, Change]]:
    """The changes of stage that these facts show, with the stages before; fills `put` with the standings to write."""
    changes: list[tuple[int, Stage, Change]] = []
    for person, of_person in facts.items():
        before = stored.get(person)
        stands = standing(of_person, rule.days_until_dormant)
        if stands != before:
            put[person] = stands
        news = _news(before, history(of_person, rule.days_until_dormant))
        # The silence that ends at `until` is known by the very event that would be recorded again.
        changes += [(person, stage, c) for stage, c in news if c.reason != "silence" or c.at != of_person.until]
    return changes


def _stored(workspace: int, persons: Sequence[int]) -> dict[int, Standing]:
    rows = STANDINGS.read_under(workspace, "number", persons)
    return {key[0]: Standing(Stage(row[0]), row[1], row[2]) for key, row in rows.items()}


def _write(workspace: int, put: Mapping[int, Standing]) -> None:
    STANDINGS.write(workspace, {(person,): (one.stage.value, *one[1:]) for person, one in put.items()})


def _latest_silence(workspace: int) -> int:
    """Up to when any silence is known to have lasted; 0 for none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(until_at), 0) FROM silence WHERE workspace = %s", [workspace])
        return int(cursor.fetchone()[0])


def _news(before: Standing | None, happened: list[Change]) -> list[tuple[Stage, Change]]:
    """The changes, each with the stage before it, that were not there before. When what was known has changed below
    the last stage, only where the person stands now is new.
    """
    stages = [Stage.PROSPECT, *(change.stage for change in happened)]
    steps = list(zip(stages, happened, strict=False))
    if before is None:
        return steps
    known = [place for place, c in enumerate(happened) if (c.stage, c.at) == (before.stage, before.since)]
    if known:
        return steps[known[0] + 1 :]
    return [(before.stage, happened[-1])] if happened else []


def _record(workspace: int, changes: list[tuple[int, Stage, Change]], record: Record) -> None:
    if not changes:
        return
    claims = claims_of(workspace, sorted({person for person, _, _ in changes}))
    events = [
        OwnEvent(
            id=digest(CHANGED, str(workspace), str(person), change.stage, str(change.at)).hex(),
            name=CHANGED,
            at=change.at,
            who=[claims[person]],
            properties={"from": before.value, "to": change.stage.value, "reason": change.reason},
        )
        for person, before, change in changes
        if person in claims
    ]
    for start in range(0, len(events), EVENTS_IN_A_ROW):
        record(workspace, events[start : start + EVENTS_IN_A_ROW])


def record_due(workspace: int, now: int, record: Record) -> int:
    """Records that the people whose silence has lasted long enough by `now` are dormant; how many. The projector
    makes them so when it reads that. Looks at those who are due only.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH due AS (
                SELECT number, stage, due_at FROM standing WHERE workspace = %s AND due_at <= %s
                ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)
            UPDATE standing s SET due_at = NULL FROM due WHERE s.workspace = %s AND s.number = due.number
            RETURNING due.number, due.stage, due.due_at
            """,
            [workspace, now, EVENTS_IN_A_ROW, workspace],
        )
        due = sorted(cursor.fetchall())
    _record(workspace, [(p, Stage(stage), Change(at, Stage.DORMANT, "silence")) for p, stage, at in due], record)
    return len(due)


def persons_with_standing(workspace: int) -> list[int]:
    """Everybody who is no prospect."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM standing WHERE workspace = %s ORDER BY number", [workspace])
        return [row[0] for row in cursor.fetchall()]


def _drop(workspace: int, persons: Sequence[int]) -> None:
    if persons:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM standing WHERE workspace = %s AND number = ANY(%s::int[])", [workspace, integers(persons)]
            )
