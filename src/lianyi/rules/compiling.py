"""A rule as a set of people: leaves are answered by who owns the facts, branches are set algebra."""

from pyroaring import BitMap

from lianyi.rules.answering import Answers
from lianyi.rules.nodes import AllOf, AnyOf, Behaviour, InSegment, Not, Rule


def compile(rule: Rule, answers: Answers, within: BitMap | None = None) -> BitMap:
    """The people for whom the rule holds; with `within`, those of them. The caller may change the set.

    Of all that must hold the cheapest is asked first, and the next only about who is left; of what may hold, each is
    asked only about who has not been found.
    """
    match rule:
        case AllOf():
            left = within
            for one in sorted(rule.rules, key=_price):
                left = compile(one, answers, left)
                if not left:
                    break
            return BitMap() if left is None else left
        case AnyOf():
            found = BitMap()
            for one in sorted(rule.rules, key=_price):
                rest = (answers.everybody() if within is None else within) - found if found else within
                found |= compile(one, answers, rest)
            return found
        case Not():
            every = answers.everybody() if within is None else within
            return every - compile(rule.rule, answers, within)
        case _:
            return BitMap(answers.answer(rule, within))


def _price(rule: Rule) -> int:
    """What is dearer comes later: facts of the profile, sets, behaviour."""
    match rule:
        case AllOf() | AnyOf():
            return max(map(_price, rule.rules))
        case Not():
            return _price(rule.rule) + 1
        case InSegment():
            return 1
        case _:
            return 4 if isinstance(rule, Behaviour) else 0
