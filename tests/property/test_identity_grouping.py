"""What holds for every set of facts about who is who."""

from itertools import combinations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lianyi.people.identity.bulk import Identities, Links, group_million, resolve_records
from lianyi.people.identity.grouping import Identity, KeptApart, Link, Strength, group, order, questions

SPACES = [("user_id", "shop"), ("user_id", "app"), ("phone", ""), ("cookie", "shop")]

identities_of = st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=12).map(
    lambda rows: {
        number: Identity(*SPACES[space], strong and space != 3) for number, (space, strong) in enumerate(rows, 1)
    }
)


@st.composite
def links_among(draw: st.DrawFn, numbers: list[int], most: int = 25) -> frozenset[Link]:
    ends = st.sampled_from(numbers)
    rows = draw(st.lists(st.tuples(ends, ends, st.sampled_from(Strength), st.integers(0, 6)), max_size=most))
    return frozenset(
        Link(min(a, b), max(a, b), strength, at, bytes([index]) * 16)
        for index, (a, b, strength, at) in enumerate(rows)
        if a != b
    )


@st.composite
def facts(draw: st.DrawFn) -> tuple[dict[int, Identity], frozenset[Link], list[KeptApart]]:
    identities = draw(identities_of)
    numbers = sorted(identities)
    apart = []
    for sides in draw(st.lists(st.lists(st.integers(0, 2), min_size=len(numbers), max_size=len(numbers)), max_size=2)):
        left, right = (frozenset(n for n, s in zip(numbers, sides, strict=True) if s == side) for side in (1, 2))
        if left and right:
            apart.append(KeptApart(left, right))
    return identities, draw(links_among(numbers)), apart


def groups_of(person: dict[int, int]) -> dict[int, set[int]]:
    groups: dict[int, set[int]] = {}
    for number, root in person.items():
        groups.setdefault(root, set()).add(number)
    return groups


def crosses(groups, kept_apart: KeptApart) -> bool:
    (first, second), (left, right) = groups, kept_apart
    return bool((first & left and second & right) or (first & right and second & left))


@given(facts(), st.randoms())
def test_the_order_of_facts_plays_no_part(given_facts, random) -> None:
    identities, links, apart = given_facts
    shuffled = list(links)
    random.shuffle(shuffled)
    people = list(identities.items())
    random.shuffle(people)
    assert group(dict(people), shuffled, list(reversed(apart))) == group(identities, sorted(links), apart)


@given(facts())
def test_nobody_is_lost_and_a_person_has_the_smallest_number(given_facts) -> None:
    identities, links, apart = given_facts
    found = group(identities, links, apart)
    assert set(found.person) == set(identities)
    assert all(root == min(members) for root, members in groups_of(found.person).items())
    assert found.reached == frozenset()


@given(facts())
def test_what_no_group_may_hold(given_facts) -> None:
    identities, links, apart = given_facts
    found = group(identities, links, apart)
    merges = [link for link in links - found.left_out if link.strength == Strength.MERGE]
    by_members = group(identities, merges).person
    for members in groups_of(found.person).values():
        for left, right in apart:
            assert not (members & left and members & right)
        for one, other in combinations(sorted(members), 2):
            if identities[one] == identities[other] and identities[one].strong:
                assert by_members[one] == by_members[other], "only a merge joins two strong ids of one kind"


@given(facts())
def test_a_link_is_followed_or_left_out_for_a_reason(given_facts) -> None:
    identities, links, apart = given_facts
    found = group(identities, links, apart)
    for link in links:
        same = found.person[link.a] == found.person[link.b]
        assert same != (link in found.left_out)
    for link in found.left_out:
        groups = groups_of(found.person)
        first, second = groups[found.person[link.a]], groups[found.person[link.b]]
        shared = {identities[n][:2] for n in first if identities[n].strong} & {
            identities[n][:2] for n in second if identities[n].strong
        }
        assert any(crosses((first, second), side) for side in apart) or (shared and link.strength != Strength.MERGE)


@given(facts())
def test_grouping_again_what_was_followed_changes_nothing(given_facts) -> None:
    identities, links, apart = given_facts
    found = group(identities, links, apart)
    assert group(identities, links - found.left_out, apart).person == found.person


@given(facts(), st.data())
def test_a_link_said_again_later_changes_nothing(given_facts, data) -> None:
    identities, links, apart = given_facts
    assume(links)
    link = data.draw(st.sampled_from(sorted(links)))
    again = link._replace(
        occurred_at=link.occurred_at + data.draw(st.integers(1, 9)),
        event_id=bytes([99]) * 16,
        strength=data.draw(st.sampled_from([s for s in Strength if s >= link.strength])),
    )
    found = group(identities, links | {again}, apart)
    before = group(identities, links, apart)
    assert found.person == before.person
    assert found.left_out - {again} == before.left_out


@given(facts(), st.data())
def test_a_merge_and_its_unmerge_leave_everything_as_it_was(given_facts, data) -> None:
    identities, links, apart = given_facts
    before = group(identities, links, apart)
    one = data.draw(st.sampled_from(sorted(identities)))
    other = data.draw(st.sampled_from(sorted(identities)))
    assume(before.person[one] != before.person[other])
    sides = [frozenset(n for n in identities if before.person[n] == before.person[end]) for end in (one, other)]
    merge = Link(min(one, other), max(one, other), Strength.MERGE, 3, b"m" * 16)
    merged = group(identities, links | {merge}, apart)
    if not any(
        (sides[0] & left and sides[1] & right) or (sides[0] & right and sides[1] & left) for left, right in apart
    ):
        assert merged.person[one] == merged.person[other]
    after = group(identities, links, [*apart, KeptApart(*sides)])
    assert after.person == before.person
    assert after.left_out == before.left_out


@given(facts(), st.data())
def test_an_unmerge_splits_exactly_where_it_was_told(given_facts, data) -> None:
    identities, links, apart = given_facts
    found = group(identities, links, apart)
    members = sorted(data.draw(st.sampled_from(sorted(groups_of(found.person).values(), key=min))))
    assume(len(members) > 1)
    split = data.draw(st.sets(st.sampled_from(members), min_size=1, max_size=len(members) - 1))
    rest = set(members) - split
    after = group(identities, links, [*apart, KeptApart(frozenset(split), frozenset(rest))])
    assert not {after.person[n] for n in split} & {after.person[n] for n in rest}


@given(facts(), identities_of, st.data())
def test_an_unrelated_link_changes_nothing_elsewhere(given_facts, more, data) -> None:
    identities, links, apart = given_facts
    shifted = {number + 100: identity for number, identity in more.items()}
    elsewhere = data.draw(links_among(sorted(shifted)))
    alone = group(identities, links, apart)
    together = group(identities | shifted, links | elsewhere, apart)
    assert {number: together.person[number] for number in identities} == alone.person
    assert together.left_out & links == alone.left_out


@given(facts(), st.data())
def test_two_groups_without_a_reason_against_it_are_simply_united(given_facts, data) -> None:
    """The short way of the projector: whatever the place of the new link in the order."""
    identities, links, apart = given_facts
    before = group(identities, links, apart)
    groups = groups_of(before.person)
    one = data.draw(st.sampled_from(sorted(identities)))
    other = data.draw(st.sampled_from(sorted(identities)))
    assume(one != other)
    first, second = groups[before.person[one]], groups[before.person[other]]
    if first is not second:
        spaces = [{identities[n][:2] for n in side if identities[n].strong} for side in (first, second)]
        assume(not spaces[0] & spaces[1])
        assume(not any(crosses((first, second), side) for side in apart))
    link = Link(
        min(one, other), max(one, other), data.draw(st.sampled_from(Strength)), data.draw(st.integers(0, 6)), b"new" * 5
    )
    after = group(identities, links | {link}, apart)
    smaller = min(first | second)
    assert after.person == {n: smaller if n in first | second else root for n, root in before.person.items()}
    assert after.left_out == before.left_out


@given(facts(), st.data())
def test_a_region_with_what_it_reaches_is_grouped_as_the_whole_is(given_facts, data) -> None:
    """The long way of the projector: facts change somewhere, and only the groups that can feel it are grouped again."""
    identities, links, apart = given_facts
    before = group(identities, links, apart)
    news = data.draw(links_among(sorted(identities), 3))
    news = frozenset(link._replace(event_id=b"n" * 15 + link.event_id[:1]) for link in news)
    gone = frozenset(link for link in links if link.strength == Strength.MERGE and data.draw(st.booleans()))
    now = (links | news) - gone
    whole = group(identities, now, apart)
    region = {before.person[end] for link in news | gone for end in (link.a, link.b)}
    while True:
        inside = {n for n in identities if before.person[n] in region}
        near = [link for link in now if link.a in inside or link.b in inside]
        outside = {end for link in near for end in (link.a, link.b)} - inside
        part = group({n: identities[n] for n in inside | outside}, near, apart, outside)
        if not part.reached:
            break
        region |= {before.person[n] for n in part.reached}
    assert before.person | part.person == whole.person
    assert part.left_out == {link for link in whole.left_out if link in near}


def test_a_question_is_a_vouched_link_that_nobody_has_answered() -> None:
    strong = Link(1, 2, Strength.STRONG, 1, b"s" * 16)
    weak = Link(3, 4, Strength.WEAK, 1, b"w" * 16)
    merge = Link(5, 6, Strength.MERGE, 1, b"m" * 16)
    everything = [strong, weak, merge]
    assert questions(everything, []) == {(1, 2), (5, 6)}
    assert questions(everything, [KeptApart(frozenset({2}), frozenset({1, 9}))]) == {(5, 6)}
    assert questions(everything, [KeptApart(frozenset({1, 2}), frozenset({5, 6}))]) == {(1, 2), (5, 6)}


def test_links_are_heard_by_strength_then_time_then_event() -> None:
    heard = [
        Link(8, 9, Strength.MERGE, 9, b"z" * 16),
        Link(6, 7, Strength.STRONG, 5, b"a" * 16),
        Link(1, 2, Strength.STRONG, 5, b"b" * 16),
        Link(4, 5, Strength.STRONG, 5, b"b" * 16, 2),
        Link(2, 3, Strength.WEAK, 1, b"a" * 16),
    ]
    assert sorted(set(heard), key=order) == heard


def in_bulk(identities, links, apart):
    numbers = sorted(identities)
    spaces = {space: code for code, space in enumerate(sorted({one[:2] for one in identities.values()}))}
    rows = sorted(links)
    columns = list(zip(*rows, strict=True)) or [()] * 6
    found = group_million(
        Identities(
            np.array(numbers),
            np.array([spaces[identities[n][:2]] for n in numbers]),
            np.array([identities[n].strong for n in numbers], np.bool_),
        ),
        Links(*(np.array(column, "S16" if place == 4 else np.int64) for place, column in enumerate(columns))),
        apart,
    )
    left_out = frozenset(link for link, out in zip(rows, found.left_out.tolist(), strict=True) if out)
    return dict(zip(numbers, found.person.tolist(), strict=True)), left_out


@given(facts())
def test_in_bulk_it_is_the_same(given_facts) -> None:
    found = group(*given_facts)
    assert in_bulk(*given_facts) == (found.person, found.left_out)


values = st.one_of(st.none(), st.integers(1, 6).map(str))


@settings(max_examples=200)
@given(st.lists(st.tuples(values, values, values), max_size=14))
def test_records_are_resolved_as_their_events_would_be(rows) -> None:
    columns = [("crm_id", "till"), ("phone", ""), ("device", "shop")]
    numbers: dict[tuple[int, str], int] = {}
    links = set()
    leaders = []
    for position, row in enumerate(rows):
        stated = [(place, value) for place, value in enumerate(row) if value is not None]
        for claim in stated:
            numbers.setdefault(claim, len(numbers) + 1)
        leaders.append(numbers[stated[0]] if stated else 0)
        for claim in stated[1:]:
            strength = Strength.WEAK if 2 in (claim[0], stated[0][0]) else Strength.STRONG
            a, b = sorted([leaders[-1], numbers[claim]])
            links.add(Link(a, b, strength, position, position.to_bytes(16, "big"), claim[0]))
    identities = {number: Identity(*columns[place], place != 2) for (place, _), number in numbers.items()}
    person = group(identities, links).person | {0: 0}
    table = {space: [row[place] for row in rows] for place, space in enumerate(columns)}
    assert resolve_records(table).tolist() == [person[leader] for leader in leaders]
