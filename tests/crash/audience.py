"""What the crash test of audiences asks of an installation; a process of its own, which may die with the database.

`python -m tests.crash.audience prepare HOOK` sets up members, scores, segments and a webhook; `waiting` says how much
is still to be told or sent; `found` says what was told and what is kept, as JSON.
"""

import json
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

MEMBERS = ("one", "other", "third")
SHANGHAI = {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "Shanghai"}}
SEGMENTS: list[dict[str, Any]] = [
    SHANGHAI,
    {"kind": "did", "event": "Product Viewed", "at_least": 3, "during": {"test": "within", "days": 2}},
    {"kind": "warm", "one_of": ["hot"]},
    {
        "kind": "all_of",
        "rules": [{"kind": "in_segment", "segment": 1}, {"kind": "not", "rule": {"kind": "in_segment", "segment": 2}}],
    },
]
SCORES = {"fit": [{"rule": SHANGHAI, "points": 60}], "weights": [{"event": "Quote Asked", "points": 40}]}
UNTOLD = """
SELECT json_build_object(
    'segment_change', (SELECT count(*) FROM segment_change WHERE untold IS NOT NULL),
    'scoring_change', (SELECT count(*) FROM scoring_change WHERE untold IS NOT NULL),
    'handover_take', (SELECT count(*) FROM handover_take WHERE untold),
    'outbox', (SELECT array_agg(kind || ' ' || state) FROM outbox
        WHERE state IN ('queued', 'sending', 'unsettled')),
    'segment', (SELECT count(*) FROM segment WHERE state = 'building'),
    'scoring', (SELECT count(*) FROM scoring WHERE due))
"""


def prepare(workspace: Any, hook: str, now: datetime) -> None:
    from django.conf import settings

    from lianyi.audience.scoring import actions as scoring
    from lianyi.audience.scoring.checking import read_document
    from lianyi.audience.segments import actions
    from lianyi.foundation.access.schemas import Role
    from lianyi.foundation.members.actions import ensure_member
    from lianyi.foundation.webhooks.actions import create_endpoint
    from lianyi.rules.reading import read

    for name in MEMBERS:
        ensure_member(workspace, f"{name}@example.com", Role.SALES)
    create_endpoint(
        workspace.pk, hook, ["segment.*", "score.changed", "handover.*"], now, settings.ENVIRONMENT.webhooks
    )
    scoring.change_settings(workspace.pk, read_document(SCORES), now)
    for place, rule in enumerate(SEGMENTS, 1):
        assert actions.create_segment(workspace.pk, f"s{place}", read(rule), now) == place


def waiting() -> dict[str, Any]:
    """By table, as far as there is something. What a sender had claimed when it was killed is free at once, and not
    only when its claim is over: no call of this story takes a minute.
    """
    from django.db import connection

    from lianyi.foundation.outbox.actions import CLAIM_LIVES_FOR

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox SET claimed_until = now() WHERE state = 'sending' AND claimed_until < now() + %s",
            [CLAIM_LIVES_FOR - timedelta(minutes=1)],
        )
        cursor.execute(UNTOLD)
        return {table: left for table, left in cursor.fetchone()[0].items() if left}


def found(workspace: int) -> dict[str, Any]:
    from lianyi.audience.handover import queries as handovers
    from lianyi.foundation.outbox.models import OutboxRow
    from lianyi.foundation.webhooks.models import Delivery
    from lianyi.people.identity.queries import moved_map

    moved = {int(one) for part in moved_map(workspace) for one in part}
    mails = list(OutboxRow.objects.filter(kind="mail", payload__notice="handover.offered"))
    offers = {
        one.number: [one.person, one.state.value, len(handovers.takes(workspace, one.number))]
        for one in handovers.handovers(workspace, limit=10_000)
    }
    return {
        "moved": sorted(moved - {0}),
        "told": told(workspace),
        "segments": histories(workspace),
        "scores": scores(workspace),
        "offers": offers,
        "mailed": sum(one.payload["values"]["count"] for one in mails),
        "mails": dict(Counter(one.state for one in mails)),
        "hooks": list(Delivery.objects.order_by("row").values_list("message", flat=True)),
    }


def told(workspace: int) -> list[dict[str, Any]]:
    """The events that Lianyi told of people by itself, in their order."""
    from django.conf import settings

    from lianyi.events.lake import queries as lake
    from lianyi.people.identity.queries import persons_of
    from lianyi.rules.happening import properties_of

    rows = [row for _, some in lake.batches_after(settings.ENVIRONMENT.lake, workspace, 0) for row in some]
    rows = [row for row in rows if row.name.startswith(("segment.", "score.", "handover."))]
    person_of = persons_of(workspace, {row.identity for row in rows})
    return [
        {"id": row.id.hex(), "name": row.name, "person": person_of[row.identity], "said": properties_of(row.raw)}
        for row in rows
    ]


def histories(workspace: int) -> dict[int, dict[str, Any]]:
    """Of each segment its members, those that its changes come to, and what each change meant for whom."""
    from lianyi.audience.segments import queries

    result = {}
    for one in queries.segments(workspace):
        sums: set[int] = set()
        people: dict[int, list[str]] = defaultdict(list)
        for change in reversed(queries.changes(workspace, one.number, limit=100_000)):
            entered, left = set(change.entered), set(change.left)
            assert not entered & sums, "somebody entered twice"
            assert left <= sums, "somebody left who was not there"
            sums = (sums | entered) - left
            if change.cause.value != "rule":
                for person in entered | left:
                    people[person].append("segment.entered" if person in entered else "segment.left")
        members = sorted(queries.members(workspace, one.number))
        result[one.number] = {"members": members, "sums": sorted(sums), "people": people}
    return result


def scores(workspace: int) -> dict[int, list[list[str]]]:
    """What each became, in order."""
    from lianyi.audience.scoring.models import ScoringChange
    from lianyi.audience.scoring.schemas import STATES
    from lianyi.kernel.bitmaps import from_bytes

    became: dict[int, list[list[str]]] = defaultdict(list)
    for row in ScoringChange.objects.filter(workspace=workspace).order_by("change"):
        for person in from_bytes(bytes(row.people)):
            became[person].append([STATES[row.was], STATES[row.became]])
    return became


def main() -> None:
    import django

    django.setup()
    from django.db import transaction

    from lianyi.foundation.access.acting import acting_as
    from lianyi.foundation.access.schemas import ABILITIES, Actor, Role
    from lianyi.foundation.workspaces.queries import workspace_by_slug
    from lianyi.kernel.clock import system_clock

    workspace = workspace_by_slug(None)
    with acting_as(Actor("member:1", workspace.pk, ABILITIES[Role.OWNER])):
        match sys.argv[1:]:
            case ["prepare", hook]:
                with transaction.atomic():
                    prepare(workspace, hook, system_clock())
            case ["waiting"]:
                print(json.dumps(waiting()))
            case ["found", file]:
                Path(file).write_text(json.dumps(found(workspace.pk)))


if __name__ == "__main__":
    main()
