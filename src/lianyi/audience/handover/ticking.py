"""What the passing of time does: offers whose clock ran out go to the next, what a member has who may take no more goes
back, and members hear of what is theirs.

Any number of workers may do this at once: whoever looks holds the workspace's assignment, or the rows themselves, so
each is done once.
"""

from collections import Counter

from django.db import connection, transaction

from lianyi.audience.handover.assigning import Able, next_in_turn, rest_of
from lianyi.audience.handover.models import HandoverRow, TakeRow
from lianyi.audience.handover.offering import able_in, due_after, end_take, give, tell
from lianyi.audience.handover.schemas import OPEN, Assignment, Level, Outcome, State, Way
from lianyi.audience.handover.settings import assignment_in, held
from lianyi.events.log.actions import Record, record_own
from lianyi.foundation.access.schemas import Role
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.notices.actions import tell_one_of
from lianyi.foundation.notices.schemas import Notice
from lianyi.kernel.clock import from_micros

AT_ONCE = 100
_MANAGERS = " managers"  # no rule has a name that begins with a blank


def escalate(workspace: int, now: int, record: Record = record_own) -> int:
    """Gives some of the offers whose clock has run out to the next member, then to a manager; how many were due."""
    due = HandoverRow.objects.filter(
        workspace=workspace, state=State.OFFERED.value, level__lt=Level.LAST, due_at__lte=now
    ).order_by("due_at", "number")
    if not due.exists():
        return 0
    with transaction.atomic():
        row = held(workspace)
        assignment, able = assignment_in(row), able_in(workspace)
        rows = list(due.select_for_update(skip_locked=True)[:AT_ONCE])
        until = due_after(workspace, now, assignment.accept_minutes)
        given = [one for one in rows if _pass_on(one, assignment, row.turns, able, now, until)]
        row.save(update_fields=["turns"])
        tell(workspace, "offered", given, record, now)
    return len(rows)


def give_back(workspace: int, now: int, record: Record = record_own) -> int:
    """Offers anew some of what members have, offered or accepted, who may take hand-overs no more: they left, or their
    role is another; how many there were. The next of the rule gets each, else any who may, else nobody yet.
    """
    unable = _holding(workspace) - able_in(workspace).keys()
    stuck = HandoverRow.objects.filter(workspace=workspace, member__in=unable, state__in=OPEN).order_by("number")
    if not unable or not stuck.exists():
        return 0
    with transaction.atomic():
        row = held(workspace)
        assignment, able = assignment_in(row), able_in(workspace)
        rows = [one for one in stuck.select_for_update(skip_locked=True)[:AT_ONCE] if one.member not in able]
        until = due_after(workspace, now, assignment.accept_minutes)
        for one in rows:
            _offer_anew(one, assignment, row.turns, able, now, until)
        row.save(update_fields=["turns"])
        tell(workspace, "offered", [one for one in rows if one.member is not None], record, now)
    return len(rows)


@transaction.atomic
def tell_members(workspace: int, address: str, now: int) -> int:
    """Mails each member once of what was offered to them since; `address` is that of the pages. How many were told."""
    takes = TakeRow.objects.filter(workspace=workspace, untold=True).order_by("member", "handover")
    found = list(takes.select_for_update(skip_locked=True)[: 10 * AT_ONCE])
    for member, count in Counter(one.member for one in found).items():
        last = max((one.handover, one.place) for one in found if one.member == member)
        values: dict[str, int | str] = {"count": count, "link": f"{address}/handovers"}
        key = f"{workspace}:{last[0]}:{last[1]}"
        tell_one_of(workspace, member, Notice.HANDOVER_OFFERED, values, key, from_micros(now))
    for one in found:
        takes.filter(handover=one.handover, place=one.place).update(untold=False)
    return len({one.member for one in found})


def _pass_on(
    row: HandoverRow, assignment: Assignment, turns: dict[str, int], able: Able, now: int, until: int | None
) -> bool:
    """Whether somebody else has it now."""
    had, member = _had(row), None
    if row.level == Level.FIRST:
        row.level = Level.NEXT
        member = next_in_turn(turns, row.rule, _pool(assignment, row.rule, able), had)
    if member is None:
        row.level = Level.LAST
        member = next_in_turn(turns, _MANAGERS, _managers(able), had)
    if member is None:  # nobody is left: it stays with who has it, and shows as late
        row.save(update_fields=["level"])
        return False
    give(row, member, now, until, Outcome.EXPIRED)
    detail = {"handover": row.number, "person": row.person, "member": member}
    record_audit(row.workspace, "handover.escalated", detail)
    return True


def _had(row: HandoverRow) -> set[int]:
    """The members whose turn it was."""
    takes = TakeRow.objects.filter(workspace=row.workspace, handover=row.number)
    return set(takes.values_list("member", flat=True))


def _holding(workspace: int) -> set[int]:
    """The members who have any hand-over, of whatever state: one look at the index for each."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE had AS (
                (SELECT member FROM handover WHERE workspace = %(workspace)s AND member > 0 ORDER BY member LIMIT 1)
                UNION ALL SELECT (SELECT member FROM handover WHERE workspace = %(workspace)s
                    AND member > had.member ORDER BY member LIMIT 1) FROM had WHERE had.member IS NOT NULL)
            SELECT member FROM had WHERE member IS NOT NULL
            """,
            {"workspace": workspace},
        )
        return {member for (member,) in cursor.fetchall()}


def _offer_anew(
    row: HandoverRow, assignment: Assignment, turns: dict[str, int], able: Able, now: int, until: int | None
) -> None:
    had, before, row.level = _had(row), row.member, Level.FIRST
    for pool, but in ((_pool(assignment, row.rule, able), had), (_managers(able), had), (list(able), set[int]())):
        member = next_in_turn(turns, row.rule, pool, but)
        if member is not None:
            give(row, member, now, until, Outcome.PASSED)
            break
    else:
        end_take(row, now, Outcome.PASSED)
        row.member, row.state, row.due_at, row.changed_at = None, State.OFFERED.value, until, now
        row.save(update_fields=["member", "state", "due_at", "changed_at", "level"])
    detail = {"handover": row.number, "person": row.person, "member": row.member, "before": before}
    record_audit(row.workspace, "handover.given_back", detail)


def _pool(assignment: Assignment, name: str, able: Able) -> list[int]:
    for rule in assignment.rules:
        if rule.name == name and rule.way is Way.TURNS:
            return [member for member in rule.members if member in able]
    return rest_of(able)


def _managers(able: Able) -> list[int]:
    found = [member for member, role in able.items() if role is Role.MANAGER]
    return found or [member for member, role in able.items() if role is Role.OWNER]
