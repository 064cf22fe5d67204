"""Members' decisions about who is who. Each is an own event and takes effect when the pipeline reaches it.

Nothing is changed here: what the projector keeps is what the events say, so a replay brings every decision back.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest
from lianyi.people.identity import decisions, queries
from lianyi.people.identity.models import QuestionAnswer
from lianyi.people.identity.regrouping import sides_without
from lianyi.people.identity.schemas import IdentityOf, Question, Said

_ANSWERS = 0x6C790001


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def merge(workspace: int, a: int, b: int, now: datetime) -> str:
    """Two persons are one from now on; the smaller number stays. The decision's id (hex), by which it is taken back.

    Overrules what kept the two apart. Refuses a number that is no person's, and a person with itself.
    """
    if a == b:
        raise Refused("people.same", "{a} and {b} are one person already.", a=a, b=b)
    one, other = _identities(workspace, a), _identities(workspace, b)
    said = {
        "a": [one[0].kind, one[0].scope, one[0].value],
        "b": [other[0].kind, other[0].scope, other[0].value],
        "anchors": _anchors(one) + _anchors(other),
        "lifts": queries.keeping_apart(workspace, a, b),
    }
    event_id = _record(workspace, decisions.MERGED, one[0], said, now)
    record_audit(workspace, "people.merged", {"a": a, "b": b, "event": event_id})
    return event_id


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def undo_merge(workspace: int, event_id: str, now: datetime) -> str:
    """Takes back exactly this merge and keeps apart what it joined. The decision's id (hex).

    The sides are what the two merged identities belong to without the merge, as far as facts known now say. Refuses an
    id that is no merge's, or one that was taken back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a, b, in_force FROM person_merge WHERE workspace = %s AND event_id = %s AND ordinal = 0",
            [workspace, _event_id(event_id)],
        )
        row = cursor.fetchone()
    if row is None:
        raise Refused(
            "people.no_merge",
            "There is no merge {merge} here.",
            "See `lianyi people show` for a person's merges.",
            merge=event_id,
        )
    a, b, in_force = row
    if not in_force:
        raise Refused("people.unmerged", "This merge was taken back before.")
    left, right = sides_without(workspace, bytes.fromhex(event_id), a, b)
    return _split(workspace, [event_id], left, right, now)


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def unmerge(workspace: int, person: int, split_off: Collection[int], now: datetime) -> str:
    """Identities `split_off` are another person than the rest of `person`, whoever joined them.

    The decision's id (hex). Refuses numbers that are not the person's, none at all, and all of them.
    """
    numbers = {one.number for one in _identities(workspace, person)}
    left = set(split_off)
    strangers = sorted(left - numbers)
    if strangers:
        raise Refused(
            "people.not_theirs", "{strangers} are no identities of person {person}.", strangers=strangers, person=person
        )
    if not left or left == numbers:
        raise Refused("people.no_split", "A split needs an identity on either side.", "Choose some, not all.")
    right = numbers - left
    return _split(workspace, [], sorted(left), sorted(right), now)


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def keep_apart(workspace: int, a: int, b: int, now: datetime) -> str:
    """Two persons are different, whatever is stated later. The decision's id (hex).

    It is said of their strong identities, so that a cookie may still find its way; of all where there is none.
    Refuses a number that is no person's, and a person with itself.
    """
    if a == b:
        raise Refused("people.same", "{a} and {b} are one person.", "Split it with `lianyi people unmerge`.", a=a, b=b)
    return _keep_apart(workspace, _anchors(_identities(workspace, a)), _anchors(_identities(workspace, b)), now)


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def take_back(workspace: int, decision: str, number: int, now: datetime) -> str:
    """A merge, or what was kept apart, holds no more, as if it had never been said; `undo_merge`, on the other hand,
    keeps apart what a merge had joined. `number` is an identity that the decision is about. The id (hex) of this one.

    Order plays no part: a decision that is still on its way can be taken back. Refuses a number that belongs to nobody.
    """
    owner = _identities(workspace, queries.persons_of(workspace, [number]).get(number, number))[0]
    event_id = _record(workspace, decisions.REOPENED, owner, {"decisions": [decision]}, now)
    record_audit(workspace, "people.reopened", {"decision": decision, "event": event_id})
    return event_id


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def answer(workspace: int, a: int, b: int, said: Said, now: datetime) -> str:
    """Answers the open question about identities `a` and `b`, or puts it off. The decision's id (hex), "" for "later".

    Of two who answer at once the second is refused. Refuses what nobody asks.
    """
    a, b = min(a, b), max(a, b)
    _hold(workspace)
    asked = queries.question_of(workspace, a, b)
    if asked is None:
        raise _not_asked(workspace, a, b)
    decision = _decided(workspace, asked, said, now)
    QuestionAnswer.objects.update_or_create(
        workspace=workspace,
        a=a,
        b=b,
        defaults={
            "stated_at": asked.stated_at,
            "said": said,
            "said_at": to_micros(now),
            "actor": current_actor().name,
            "decision": bytes.fromhex(decision) if decision else None,
            "reasons": {"reasons": asked.reasons, "spaces": asked.spaces},
        },
    )
    if said == "later":
        record_audit(workspace, "people.question_put_off", {"a": a, "b": b})
    return decision


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def undo_answer(workspace: int, a: int, b: int, now: datetime) -> str:
    """Takes the answer about identities `a` and `b` back: the question is open again as soon as the pipeline comes to
    it. The id (hex) of what takes the decision back, "" where there was none. Refuses where nothing was answered.
    """
    a, b = min(a, b), max(a, b)
    _hold(workspace)
    found = queries.answer_to(workspace, a, b)
    if found is None:
        raise Refused("people.no_answer", "Nobody answered whether {a} and {b} are one person.", a=a, b=b)
    QuestionAnswer.objects.filter(workspace=workspace, a=a, b=b).delete()
    if not found.decision:
        record_audit(workspace, "people.question_reopened", {"a": a, "b": b})
        return ""
    return take_back(workspace, found.decision, a, now)


def _hold(workspace: int) -> None:
    """Of members who decide in one workspace at once, one comes after the other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_ANSWERS, workspace])


def _not_asked(workspace: int, a: int, b: int) -> Refused:
    before = queries.answer_to(workspace, a, b)
    if before is None:
        return Refused("people.no_question", "Nobody asks whether {a} and {b} are one person.", a=a, b=b)
    return Refused(
        "people.answered",
        "Somebody answered this meanwhile.",
        "Take that answer back first if you see it differently.",
    )


def _decided(workspace: int, asked: Question, said: Said, now: datetime) -> str:
    if said == "same":
        return merge(workspace, asked.person_a, asked.person_b, now)
    if said == "later":
        return ""
    ends = ((asked.a, asked.person_a), (asked.b, asked.person_b))
    left, right = (sorted({*_anchors(_identities(workspace, person)), end}) for end, person in ends)
    return _keep_apart(workspace, left, right, now)


def _keep_apart(workspace: int, left: list[int], right: list[int], now: datetime) -> str:
    first = queries.persons_of(workspace, left)[left[0]]
    owner = queries.identities_of(workspace, first)[0]
    event_id = _record(workspace, decisions.KEPT_APART, owner, {"left": left, "right": right}, now)
    record_audit(workspace, "people.kept_apart", {"left": left, "right": right, "event": event_id})
    return event_id


def _split(workspace: int, merges: list[str], left: list[int], right: list[int], now: datetime) -> str:
    person = queries.persons_of(workspace, left)[left[0]]
    said = {"merges": merges, "left": left, "right": right}
    event_id = _record(workspace, decisions.UNMERGED, queries.identities_of(workspace, person)[0], said, now)
    record_audit(workspace, "people.unmerged", {"person": person, **said, "event": event_id})
    return event_id


def _record(workspace: int, name: str, owner: IdentityOf, said: dict[str, Any], now: datetime) -> str:
    at = to_micros(now)
    event_id = digest(name, str(workspace), repr(sorted(said.items())), str(at)).hex()
    who = (owner.kind, owner.scope, owner.value, owner.strong)
    record_own(workspace, [OwnEvent(event_id, name, at, [who], current_actor().name, None, said)])
    return event_id


def _identities(workspace: int, person: int) -> list[IdentityOf]:
    found = queries.identities_of(workspace, person)
    if not found:
        raise Refused("people.unknown", "There is no person {person} here.", "Try `lianyi people find`.", person=person)
    return found


def _anchors(identities: list[IdentityOf]) -> list[int]:
    """The identities by which a person is known: the strong ones, or all where there is none."""
    return [one.number for one in identities if one.strong] or [one.number for one in identities]


def _event_id(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
