"""A rule of assignment as its form says it, and which field of the form a refusal is about."""

from collections.abc import Mapping
from typing import NamedTuple

from django.http import QueryDict

from lianyi.audience.handover.schemas import AssignmentRule, Way
from lianyi.foundation.members.queries import addresses_of, member_here
from lianyi.kernel.errors import Refused
from lianyi.rules.reading import BadRule, read, write
from lianyi.web.asked import PERSONS, number_in
from lianyi.web.saving import lines_of
from lianyi.web.segments.building import pretty

TIMES = {"handover.clock": "hours", "handover.pause": "days"}
_FIELDS = {
    "handover.name": "name",
    "handover.name_twice": "name",
    "handover.way": "way",
    "handover.members": "members",
    "handover.member": "members",
    "handover.trait": "trait",
    "handover.table": "table",
    "handover.line": "table",
    "handover.address": "table",
}


class Typed(NamedTuple):
    """What the fields say. `place` is that of the rule that is changed, and `was` its name; empty of a new one."""

    place: str = ""
    was: str = ""
    name: str = ""
    rule: str = ""  # as JSON; empty: everybody
    way: str = ""
    members: tuple[str, ...] = ()
    trait: str = ""
    table: str = ""


EMPTY = Typed()


def typed_in(said: QueryDict) -> Typed:
    """What somebody sent."""
    texts = {name: said.get(name, "").strip() for name in ("place", "was", "name", "rule", "way", "trait", "table")}
    return Typed(**texts, members=tuple(said.getlist("member")))


def typed_of(workspace: int, rule: AssignmentRule, place: int) -> Typed:
    """A rule that there is, as the form would say it."""
    addresses = addresses_of(workspace)
    return Typed(
        place=str(place),
        was=rule.name,
        name=rule.name,
        rule="" if rule.rule is None else pretty(write(read(dict(rule.rule)))),
        way=rule.way.value,
        members=tuple(map(str, rule.members)),
        trait=rule.trait,
        table="\n".join(f"{value} = {addresses.get(member, f'#{member}')}" for value, member in rule.table.items()),
    )


def rule_of(workspace: int, typed: Typed) -> AssignmentRule:
    """The rule that is meant. Refuses what is none."""
    if typed.way not in set(Way):
        raise Refused("handover.way", "How the member is found is missing.", "Choose one.")
    way = Way(typed.way)
    chosen = [number for text in typed.members if (number := number_in(text, PERSONS)) is not None]
    return AssignmentRule(
        name=typed.name,
        way=way,
        rule=write(read(typed.rule)) if typed.rule else None,
        members=tuple(chosen[:1] if way is Way.MEMBER else chosen),
        trait=typed.trait,
        table=_table(workspace, typed.table) if way is Way.TABLE else {},
    )


def inside(refused: Refused, place: str) -> Refused:
    """The refusal with the places of its problems as they are in the rule of the form."""
    if not isinstance(refused, BadRule):
        return refused
    return BadRule([one._replace(place=one.place.removeprefix(place).removeprefix(".")) for one in refused.problems])


def place_of(refused: Refused, typed: Typed) -> str:
    """The field that it is about; none where it is about the rule, which tells it at its place."""
    if refused.code == "handover.member" and typed.way == Way.TABLE.value:
        return "table"
    return "" if isinstance(refused, BadRule) else _FIELDS.get(refused.code, "")


def _table(workspace: int, text: str) -> Mapping[str, int]:
    """Lines of a value and the address of a member: 上海 = east@example.com."""
    table: dict[str, int] = {}
    for line in lines_of(text):
        value, _sign, address = (part.strip() for part in line.rpartition("="))
        if not value or not address:
            raise Refused("handover.line", "{line!r} has no value and member.", "Write value = e-mail.", line=line)
        try:
            table[value] = member_here(workspace, address)
        except Refused:
            raise Refused(
                "handover.address",
                "Nobody here has the address {address!r}.",
                "Look at the list of members.",
                address=address,
            ) from None
    return table
