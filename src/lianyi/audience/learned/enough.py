"""Whether an outcome is too rare to be learned, told before the worker begins: by the catalogue's counts of events of a
day, a few hundred rows, so as many people at the most can have had it. What it lets pass may still be too little: the
worker counts people.
"""

from datetime import datetime, timedelta

from lianyi.audience.learned.outcomes import check_outcome, names_in
from lianyi.audience.learned.schemas import MOST_DAYS
from lianyi.audience.learned.training import LEAST_OUTCOMES, LEAST_TESTED
from lianyi.events.catalogue.queries import happened
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.kernel.errors import Refused
from lianyi.rules.nodes import ANYTHING, AllOf, AnyOf, Did, Rule


def refuse_too_rare(workspace: int, outcome: Rule, days: int, now: datetime) -> None:
    """Refuses an outcome that too few people can have had in the days that are learned from or in those of the test."""
    check_outcome(outcome)
    if not 1 <= days <= MOST_DAYS:
        return
    names = names_in(outcome) - {ANYTHING}
    today = now.astimezone(zone_of(workspace)).date()
    for code, ago, least in (("learned.few", 2, LEAST_OUTCOMES), ("learned.few_tested", 1, LEAST_TESTED)):
        from_on, to_on = today - timedelta(ago * days), today - timedelta((ago - 1) * days)
        most = _at_most(outcome, happened(workspace, names, from_on, to_on))
        if most is not None and most < least:
            raise Refused(
                code,
                "From {from_on} to {to_on} {people} people at the most can have had the outcome; it takes {least}.",
                "Wait for more, or choose a more frequent outcome or more days.",
                from_on=from_on,
                to_on=to_on,
                people=most,
                least=least,
            )


def _at_most(rule: Rule, events: dict[str, int]) -> int | None:
    """How many people can have had the outcome at the most, by how often its events happened; None where it may be
    anybody.
    """
    match rule:
        case Did(event=name, at_least=times) if name in events:
            return events[name] // times
        case AllOf(rules=rules):
            return min((most for one in rules if (most := _at_most(one, events)) is not None), default=None)
        case AnyOf(rules=rules):
            each = [_at_most(one, events) for one in rules]
            return None if None in each else sum(most for most in each if most is not None)
        case _:
            return None
