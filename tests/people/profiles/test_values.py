"""Values of traits: what each type takes, what it makes of it, and what it refuses."""

from decimal import Decimal

import pytest

from lianyi.people.profiles.traits.standard import our_name, stated
from lianyi.people.profiles.traits.values import TraitType, Unfit, canonical, infer


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("上海", "text"),
        ("", "text"),
        ("2024-02-30", "text"),
        ("12", "text"),
        (12, "number"),
        (1.5, "number"),
        (True, "boolean"),
        ("2024-02-29", "date"),
        ("2024-02-29T08:00:00Z", "moment"),
        ("2024-02-29 08:00", "moment"),
        (["a"], "list"),
    ],
)
def test_a_first_value_gives_its_trait_a_type(value, kind):
    assert infer(value) == kind


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (" 上海\x00 ", "text", '"上海"'),
        (12, "text", '"12"'),
        (True, "text", '"true"'),
        (12.0, "number", "12"),
        ("12.50", "number", "12.5"),
        (Decimal("0.1"), "number", "0.1"),
        ("yes", "boolean", "true"),
        ("否", "boolean", "false"),
        (0, "boolean", "false"),
        ("1961/4/14", "date", '"1961-04-14"'),
        ("19610414", "date", '"1961-04-14"'),
        (19610414, "date", '"1961-04-14"'),
        ("1961年4月14日", "date", '"1961-04-14"'),
        ("1961-04-14T23:00:00+08:00", "date", '"1961-04-14"'),
        ("1961-04-14T23:00:00+08:00", "moment", '"1961-04-14T15:00:00Z"'),
        ("1961-04-14", "moment", '"1961-04-14T00:00:00Z"'),
        (["b", "a", "b", 2], "list", '["b","a",2]'),
        ("a", "list", '["a"]'),
    ],
)
def test_a_value_has_one_way_of_being_written(value, kind, text):
    assert canonical(value, TraitType(kind)) == text


@pytest.mark.parametrize(
    ("value", "kind", "code"),
    [
        ("many", "number", "trait.type"),
        (float("nan"), "number", "trait.type"),
        (float("inf"), "number", "trait.type"),
        (10**18, "number", "trait.type"),
        (True, "number", "trait.type"),
        ("maybe", "boolean", "trait.type"),
        ("1961-02-29", "date", "trait.type"),
        ("0000-01-01", "date", "trait.type"),
        ("9999-12-31T23:59:59-10:00", "moment", "trait.type"),
        ({"a": 1}, "text", "trait.type"),
        ([["a"]], "list", "trait.type"),
        (["a"], "text", "trait.type"),
        ("x" * 2001, "text", "trait.size"),
        ([str(place) for place in range(101)], "list", "trait.size"),
    ],
)
def test_what_does_not_fit_is_refused(value, kind, code):
    with pytest.raises(Unfit) as refused:
        canonical(value, TraitType(kind))
    assert refused.value.code == code


def test_names_of_every_vocabulary_become_ours():
    names = ["firstName", "$name", "Date_of_Birth", "手机号", "postalCode", "favourite colour", " $city "]
    assert [our_name(name) for name in names] == [
        "first_name",
        "name",
        "birthday",
        "phone",
        "postal_code",
        "favourite colour",
        "city",
    ]


def test_objects_are_taken_apart_and_blanks_say_nothing():
    said = {
        "address": {"city": "上海", "postalCode": "200000", "geo": {"lat": 31.2}},
        "company": {"name": "Example", "size": {"a": {"b": 1}}},
        "nickname": "  ",
        "phone": None,
    }
    assert dict(stated(said)) == {
        "city": "上海",
        "postal_code": "200000",
        "address.geo.lat": 31.2,
        "company": "Example",
        "company.size.a": {"b": 1},
        "phone": None,
    }
