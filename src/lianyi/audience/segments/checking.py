"""A rule against what a workspace has."""

from collections.abc import Collection

from lianyi.audience.learned.answering import stamp_of
from lianyi.audience.segments.models import SegmentRow
from lianyi.events.catalogue import queries as catalogue
from lianyi.kernel.sentences import Sentence
from lianyi.people.profiles.queries import known_tags, trait_kinds
from lianyi.rules.checking import Vocabulary, check
from lianyi.rules.needing import needs
from lianyi.rules.nodes import Rule
from lianyi.rules.reading import BadRule, Problem


def vocabulary(workspace: int, events: Collection[str]) -> Vocabulary:
    """What rules of the workspace can speak of; of events only whether these have come."""
    return Vocabulary(
        traits=trait_kinds(workspace),
        segments=set(SegmentRow.objects.filter(workspace=workspace).values_list("number", flat=True)),
        tags=set(known_tags(workspace)),
        events=catalogue.seen_types(workspace, events),
    )


def check_here(workspace: int, rule: Rule) -> tuple[Problem, ...]:
    """What may be a slip in the rule; BadRule where it speaks of what is not there."""
    found = check(rule, vocabulary(workspace, needs(rule).events))
    if found.errors:
        raise BadRule(found.errors)
    return (*found.remarks, *_unlearned(workspace, rule))


def _unlearned(workspace: int, rule: Rule) -> tuple[Problem, ...]:
    """That nobody has a likelihood yet, where the rule asks for one."""
    if "likelihood" not in needs(rule).scores or stamp_of(workspace):
        return ()
    said = Sentence("No model is chosen that says how likely people are to do something: nobody has a likelihood yet.")
    return (Problem("rule", "rule.likelihood", said),)
