"""Strings that would be orders elsewhere stay strings, in SQL that is made of rules and in what comes of it."""

from typing import Any

from tests.audience.segments.conftest import Shop
from tests.people.erasing.told import identify

from lianyi.audience.facts import Facts
from lianyi.audience.segments.schemas import State
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.profiles import actions as profiles
from lianyi.people.profiles.tags.facts import Dimension
from lianyi.rules.compiling import compile
from lianyi.rules.needing import leaves
from lianyi.rules.reading import read

HOSTILE = (
    "x'; DROP TABLE events; --",
    "' OR '1'='1",
    "'' UNION SELECT 1 --",
    'x" OR ""="',
    "$$); SELECT 1; --",
    "\\'; --",
    "%s %(name)s {0} {name}",
    "_%",
    "/properties/x~1y~0",
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
)


def rules(text: str) -> list[dict[str, Any]]:
    """Rules with the text wherever one can stand."""
    equals = {"test": "equals", "value": text}
    where = [{"property": text, "is": equals}]
    contains = [{"property": text, "is": {"test": "contains", "text": text}}]
    starts = [{"property": text, "is": {"test": "starts_with", "text": text}}]
    among = [{"property": text, "is": {"test": "one_of", "values": [text, "no"]}}]
    return [
        {"kind": "trait", "trait": text, "is": equals},
        {"kind": "trait", "trait": text, "is": {"test": "contains", "text": text}},
        {"kind": "tagged", "tag": text, "dimension": "attribute"},
        {"kind": "did", "event": text},
        *({"kind": "did", "event": text, "where": some} for some in (where, contains, starts, among)),
        {"kind": "did", "event": "*", "where": where},
        {"kind": "did_when", "event": text, "which": "last", "is": {"test": "from_today", "from_days": -400}},
        {"kind": "did_sum", "event": text, "property": f"n{text}", "at_least": 7, "where": where},
        {"kind": "did_then", "first": {"event": "start"}, "then": {"event": text, "where": where}, "within_days": 1},
    ]


def test_what_looks_like_an_order_is_a_value(shop: Shop) -> None:
    users = [f"u{place}" for place in range(len(HOSTILE))]
    said = dict(zip(users, HOSTILE, strict=True))
    shop.tell(
        *(identify(user, **{text: text}) for user, text in said.items()),
        *({"userId": user, "event": "start"} for user in users),
    )
    shop.tell(
        *({"userId": user, "event": text, "properties": {text: text, f"n{text}": 7}} for user, text in said.items())
    )
    persons = {user: shop.brand.person("user_id", user) for user in users}
    for user, text in said.items():
        profiles.add_tag(shop.workspace, persons[user], Dimension.ATTRIBUTE, text, system_clock())
    shop.brand.run()
    now = to_micros(system_clock())
    asked = [(user, read(document)) for user, text in said.items() for document in rules(text)]
    for user, rule in asked:
        assert list(compile(rule, Facts(shop.workspace, now))) == [persons[user]], rule
    Facts.prepare(shop.workspace, [leaf for _, rule in asked for leaf in leaves(rule)])
    for user, rule in asked:
        assert list(compile(rule, Facts(shop.workspace, now, live=True))) == [persons[user]], rule
    assert shop.people(*users) == sorted(Facts(shop.workspace, now).everybody())  # nothing has gone


def test_a_segment_of_such_a_name_is_kept_and_told_as_it_is(shop: Shop) -> None:
    texts = HOSTILE[:4]
    shop.tell(identify("a", city="x"), *({"userId": "a", "event": text} for text in texts))
    numbers = [shop.make({"kind": "did", "event": text, "at_least": 2}, text) for text in texts]
    shop.tell(*({"userId": "a", "event": text} for text in texts))
    (person,) = shop.people("a")
    assert [shop.members(number) for number in numbers] == [[person]] * len(texts)
    assert shop.told() == [("segment.entered", number, person) for number in numbers]
    kept = shop.brand.rows("SELECT name, state FROM segment WHERE workspace = %s ORDER BY number")
    assert kept == [(text, State.CURRENT.value) for text in texts]
