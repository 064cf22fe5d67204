"""Whether a workspace can assign as it is said to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from lianyi.audience.handover.offering import able_in
from lianyi.audience.handover.schemas import (
    MOST_MEMBERS,
    MOST_MINUTES,
    MOST_PAUSE_DAYS,
    MOST_RULES,
    MOST_VALUES,
    NAME_CHARACTERS,
    Assignment,
    AssignmentRule,
    Way,
)
from lianyi.audience.segments.checking import check_here
from lianyi.kernel.errors import Refused
from lianyi.kernel.text import is_name
from lianyi.people.profiles.queries import trait_catalogue
from lianyi.rules.reading import BadRule, read, stored


def checked_assignment(workspace: int, assignment: Assignment, kept: Collection[AssignmentRule] = ()) -> Assignment:
    """The assignment with its rules as they are kept. Refuses what cannot be meant; rules that are `kept` already stay
    as they are, even where a member has left since.
    """
    if not 1 <= assignment.accept_minutes <= MOST_MINUTES:
        raise Refused("handover.clock", "The time to accept is 1 minute to 60 days.", "Write another.")
    if not 0 <= assignment.pause_days <= MOST_PAUSE_DAYS:
        raise Refused("handover.pause", "The pause is 0 to {most:,} days.", "Write another.", most=MOST_PAUSE_DAYS)
    if len(assignment.rules) > MOST_RULES:
        raise Refused("handover.rules", "There are {most} rules at most.", "Leave some out.", most=MOST_RULES)
    names = [rule.name for rule in assignment.rules]
    for name in names:
        if not is_name(name, NAME_CHARACTERS):
            raise Refused("handover.name", "A rule needs a name of 1 to {most} characters.", most=NAME_CHARACTERS)
        if names.count(name) > 1:
            raise Refused("handover.name_twice", "Two rules are named {name!r}.", "Choose another name.", name=name)
    rules = [
        rule if rule in kept else _checked_rule(workspace, f"rules[{place}].rule", rule)
        for place, rule in enumerate(assignment.rules)
    ]
    return replace(assignment, rules=tuple(rules))


def refuse_unable(workspace: int, members: Iterable[int]) -> None:
    """Refuses members who may not take hand-overs there."""
    able = able_in(workspace)
    strange = [member for member in members if member not in able]
    if strange:
        raise Refused(
            "handover.member",
            "Member {member} may not take hand-overs here.",
            "Choose one whose role allows it.",
            member=strange[0],
        )


def _checked_rule(workspace: int, place: str, rule: AssignmentRule) -> AssignmentRule:
    kept = None if rule.rule is None else _checked_tree(workspace, place, rule.rule)
    match rule.way:
        case Way.TURNS | Way.MEMBER:
            most = MOST_MEMBERS if rule.way is Way.TURNS else 1
            if not 1 <= len(rule.members) <= most or len(set(rule.members)) < len(rule.members):
                raise Refused(
                    "handover.members", "{name!r} needs its members, each once.", "Complete the rule.", name=rule.name
                )
            refuse_unable(workspace, rule.members)
            return AssignmentRule(rule.name, rule.way, kept, tuple(rule.members))
        case Way.TABLE:
            if rule.trait not in {trait.name for trait in trait_catalogue(workspace)}:
                raise Refused(
                    "handover.trait",
                    "{name!r} needs a trait that is in the catalogue.",
                    "Complete the rule.",
                    name=rule.name,
                )
            if not 1 <= len(rule.table) <= MOST_VALUES or not all(rule.table):
                raise Refused(
                    "handover.table", "{name!r} needs values with a member each.", "Complete the rule.", name=rule.name
                )
            refuse_unable(workspace, rule.table.values())
            return AssignmentRule(rule.name, rule.way, kept, trait=rule.trait, table=dict(rule.table))
        case Way.OWNER:
            return AssignmentRule(rule.name, rule.way, kept)


def _checked_tree(workspace: int, place: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    """The tree as it is kept; what is wrong with it is told with its place in the whole assignment."""
    try:
        tree = read(dict(rule))
        check_here(workspace, tree)
    except BadRule as bad:
        inside = [one._replace(place=f"{place}.{one.place}" if one.place else place) for one in bad.problems]
        raise BadRule(inside) from None
    return stored(tree)
