"""Why a person is in or out: what each part of a rule says of them."""

from typing import NamedTuple

from pyroaring import BitMap

from lianyi.kernel.sentences import Sentence
from lianyi.rules.answering import Answers
from lianyi.rules.describing import Names, describe
from lianyi.rules.nodes import AllOf, AnyOf, Not, Rule


class Explained(NamedTuple):
    """A part of a rule, in words; whether it holds; and what it is made of."""

    kind: str
    sentence: Sentence
    holds: bool
    parts: tuple["Explained", ...]


def explain(rule: Rule, answers: Answers, person: int, names: Names) -> Explained:
    """The whole tree, with every leaf asked of this person alone."""
    parts: tuple[Explained, ...] = ()
    match rule:
        case AllOf() | AnyOf():
            parts = tuple(explain(one, answers, person, names) for one in rule.rules)
            holds = (all if isinstance(rule, AllOf) else any)(part.holds for part in parts)
        case Not():
            parts = (explain(rule.rule, answers, person, names),)
            holds = not parts[0].holds
        case _:
            holds = person in answers.answer(rule, BitMap([person]))
    return Explained(rule.kind, describe(rule, names), holds, parts)
