"""The algebra of compile, against a table of who has what."""

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from lianyi.rules.compiling import compile
from lianyi.rules.describing import Names
from lianyi.rules.explaining import explain
from lianyi.rules.nodes import AllOf, AnyOf, InSegment, Leaf, Not, Rule, Tagged

PEOPLE = range(1, 12)
TAGS = "abc"


class Table:
    """Answers by hand, and says what was asked."""

    def __init__(self, has: dict[Leaf, set[int]]) -> None:
        self.has = has
        self.asked: list[tuple[Leaf, set[int] | None]] = []

    def everybody(self) -> BitMap:
        return BitMap(PEOPLE)

    def answer(self, leaf: Leaf, within: BitMap | None) -> BitMap:
        self.asked.append((leaf, None if within is None else set(within)))
        found = BitMap(self.has[leaf])
        return found if within is None else found & within

    def moved_by_time(self, leaf: Leaf, since: int, until: int) -> BitMap:
        return BitMap()


LEAVES: list[Leaf] = [*(Tagged(tag=tag) for tag in TAGS), InSegment(segment=1)]
LEAF = st.sampled_from(LEAVES)
RULES: st.SearchStrategy[Rule] = st.recursive(
    LEAF,
    lambda inner: (
        st.builds(lambda some: AllOf(rules=tuple(some)), st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda some: AnyOf(rules=tuple(some)), st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda one: Not(rule=one), inner)
    ),
    max_leaves=8,
)
SETS = st.sets(st.sampled_from(PEOPLE))


def plainly(rule: Rule, person: int, has: dict[Leaf, set[int]]) -> bool:
    match rule:
        case AllOf():
            return all(plainly(one, person, has) for one in rule.rules)
        case AnyOf():
            return any(plainly(one, person, has) for one in rule.rules)
        case Not():
            return not plainly(rule.rule, person, has)
        case _:
            return person in has[rule]


@given(RULES, st.tuples(*[SETS] * len(LEAVES)), st.none() | SETS)
def test_it_is_what_holds_for_each(rule: Rule, sets: tuple[set[int], ...], within: set[int] | None) -> None:
    has = dict(zip(LEAVES, sets, strict=True))
    people = PEOPLE if within is None else within
    asked = None if within is None else BitMap(within)
    found = compile(rule, Table(has), asked)
    assert set(found) == {person for person in people if plainly(rule, person, has)}
    assert within is None or set(asked or ()) == within


def test_what_is_dear_is_asked_about_few() -> None:
    a, segment = LEAVES[0], LEAVES[-1]
    table = Table({a: {1, 2}, segment: {2, 3}})
    assert set(compile(AllOf(rules=(segment, a)), table)) == {2}
    assert table.asked == [(a, None), (segment, {1, 2})]
    table = Table({a: {1, 2}, segment: {2, 3}})
    assert set(compile(AnyOf(rules=(segment, a)), table)) == {1, 2, 3}
    assert table.asked == [(a, None), (segment, set(PEOPLE) - {1, 2})]


def test_nobody_is_asked_about_when_nobody_is_left() -> None:
    a, b = LEAVES[:2]
    table = Table({a: set(), b: {1}})
    assert not compile(AllOf(rules=(a, b)), table)
    assert [leaf for leaf, _ in table.asked] == [a]


def test_the_answer_may_be_changed_without_harm() -> None:
    leaf = LEAVES[0]
    kept = BitMap({1})

    class Kept(Table):
        def answer(self, leaf: Leaf, within: BitMap | None) -> BitMap:
            return kept

    found = compile(leaf, Kept({}))
    found.add(2)
    assert set(kept) == {1}


def test_why_somebody_is_in_or_out() -> None:
    a, b = LEAVES[:2]
    rule = AllOf(rules=(a, Not(rule=b)))
    table = Table({a: {1, 2}, b: {2}})
    for person, wanted in ((1, [True, True, True, False]), (2, [False, True, False, True])):
        told = explain(rule, table, person, Names())
        flat = [told.holds, told.parts[0].holds, told.parts[1].holds, told.parts[1].parts[0].holds]
        assert flat == wanted
        assert told.holds == (person in compile(rule, table))
    assert str(told.sentence) == "has the tag 'a' and does not have the tag 'b'"
    assert [part.kind for part in told.parts] == ["tagged", "not"]
    assert (a, {1}) in table.asked
