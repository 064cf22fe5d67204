"""Whom people are offered to: the workspace's rules are asked in their order, each about all who are still without a
member at once.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import structlog
from pyroaring import BitMap

from lianyi.audience.handover.models import HandoverRow
from lianyi.audience.handover.schemas import REST, AssignmentRule, Way
from lianyi.audience.segments.answering import answers_to
from lianyi.events.schemas import Batch
from lianyi.foundation.access.schemas import Role
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.queries import trait_values
from lianyi.rules.compiling import compile
from lianyi.rules.reading import read

Able = Mapping[int, Role]  # who may take hand-overs, in the order in which they joined
log = structlog.get_logger()


class Chosen(NamedTuple):
    """Who gets a person, by which rule; nobody where nobody may take hand-overs."""

    member: int | None
    rule: str


class Moment(NamedTuple):
    """When people are assigned (µs), and the batch that the caller's transaction is about to commit."""

    workspace: int
    now: int
    fresh: Batch | None = None


def choose(
    moment: Moment, rules: Sequence[AssignmentRule], turns: dict[str, int], able: Able, people: Collection[int]
) -> dict[int, Chosen]:
    """Who gets each of these people; `turns` are moved on."""
    found: dict[int, Chosen] = {}
    left = BitMap(people)
    for rule in rules:
        if not left:
            break
        holding = _holding(moment, rule, left)
        for person, member in _by_way(moment, rule, turns, able, holding).items():
            found[person] = Chosen(member, rule.name)
            left.discard(person)
    rest = rest_of(able)
    for person in left:
        found[person] = Chosen(next_in_turn(turns, REST, rest), REST)
    return found


def rest_of(able: Able) -> list[int]:
    """Those who take turns where no rule assigns: sales, or whoever may take where nobody is of sales."""
    return [member for member, role in able.items() if role is Role.SALES] or list(able)


def next_in_turn(turns: dict[str, int], name: str, pool: Sequence[int], but: Collection[int] = ()) -> int | None:
    """The one behind whoever had the last turn, in the order of `pool`; those of `but` are passed over."""
    start = pool.index(turns[name]) + 1 if turns.get(name) in pool else 0
    for place in range(len(pool)):
        member = pool[(start + place) % len(pool)]
        if member not in but:
            turns[name] = member
            return member
    return None


def _holding(moment: Moment, rule: AssignmentRule, people: BitMap) -> BitMap:
    """Those for whom the rule holds; a rule that cannot be answered any more holds for nobody."""
    if rule.rule is None:
        return people.copy()
    try:
        tree = read(dict(rule.rule))
        answers = answers_to(moment.workspace, tree, moment.now, None if moment.fresh is None else moment.fresh.whole)
        return compile(tree, answers, people) & people
    except Refused as refused:
        log.warning("handover.rule_unanswered", workspace=moment.workspace, rule=rule.name, code=refused.code)
        return BitMap()


def _by_way(moment: Moment, rule: AssignmentRule, turns: dict[str, int], able: Able, people: BitMap) -> dict[int, int]:
    match rule.way:
        case Way.TURNS:
            pool = [member for member in rule.members if member in able]
            found = {person: next_in_turn(turns, rule.name, pool) for person in people} if pool else {}
        case Way.MEMBER:
            found = dict.fromkeys(people, next(iter(rule.members), None))
        case Way.TABLE:
            values = trait_values(moment.workspace, [rule.trait], people)
            found = {person: _looked_up(rule.table, traits[rule.trait]) for person, traits in values}
        case Way.OWNER:
            found = {**_owners(moment.workspace, people)}
    return {person: member for person, member in found.items() if member is not None and member in able}


def _looked_up(table: Mapping[str, int], value: object) -> int | None:
    for one in value if isinstance(value, list | tuple) else [value]:
        if str(one) in table:
            return table[str(one)]
    return None


def _owners(workspace: int, people: BitMap) -> dict[int, int]:
    """Who accepted each person last."""
    rows = HandoverRow.objects.filter(workspace=workspace, person__in=list(people), state__in=("won", "lost"))
    found = rows.order_by("person", "number").values_list("person", "member")
    return {person: member for person, member in found if member is not None}
