"""Suggestions as rows: found from what the projectors keep, shown, answered, and gone when the answer took effect."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.events.log.queries import signed
from lianyi.events.log.reading import decode
from lianyi.events.log.sequencer import Sequencer
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest
from lianyi.people.duplicates import actions, queries
from lianyi.people.duplicates.fields import FIELDS as COMPARED
from lianyi.people.duplicates.models import DuplicateSuggestion
from lianyi.people.duplicates.reasons import FIELDS, LEVELS, sentence
from lianyi.people.duplicates.schemas import Reason, Record, Suggestion, Suggestions
from lianyi.people.identity import actions as identity
from lianyi.people.identity import queries as identities
from lianyi.people.identity.projector import IdentityProjector
from lianyi.people.profiles.projector import ProfilesProjector

NOW = datetime(2026, 11, 1, tzinfo=UTC)
_slugs = count(1)

ANN = {"first_name": "Annika", "last_name": "Lindqvist", "birthday": "1984-03-12", "city": "Bath"}


class Brand:
    """A workspace whose own events go the way of all events."""

    def __init__(self) -> None:
        self.workspace = create_workspace(f"doubles-{next(_slugs)}", "Doubles").pk
        self._minutes = count(1)

    def now(self) -> datetime:
        return NOW + timedelta(minutes=next(self._minutes))

    def know(self, crm_id: str, email: str | None = None, **traits: Any) -> None:
        who = [("crm_id", "shop", crm_id, True), *([("email", "", email, True)] if email else [])]
        event_id = digest(str(self.workspace), crm_id).hex()
        record_own(
            self.workspace,
            [OwnEvent(event_id, "person.identified", to_micros(self.now()), who, "import:shop", traits)],
        )

    def run(self) -> None:
        for numbered in Sequencer(lambda _, __: set()).number_rows():
            batch, failed = decode(numbered, signed())
            assert failed == []
            IdentityProjector().project(batch)
            ProfilesProjector().project(batch)

    def person(self, crm_id: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT person FROM identity WHERE workspace = %s AND value = %s", [self.workspace, crm_id])
            return int(cursor.fetchone()[0])

    def suggest(self) -> None:
        """Keeps what a search finds here, without searching."""
        ann = Suggestion(self.person("ann-1"), self.person("ann-2"), 0.99, (Reason("surname", "typo", 6.5),))
        bruno = Suggestion(self.person("bruno-1"), self.person("bruno-2"), 0.9, (Reason("email", "same", 16.0),))
        actions.keep_found(self.workspace, Suggestions((ann, bruno), 5, 10, -9.0, ()), self.now())

    def shown(self) -> list[tuple[int, int]]:
        return [(one.person_a, one.person_b) for one in queries.suggestions(self.workspace)]

    def rows(self) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT a, b, probability, answered, found_at, reasons FROM duplicate_suggestion "
                "WHERE workspace = %s ORDER BY a, b",
                [self.workspace],
            )
            return list(cursor.fetchall())


@pytest.fixture
def brand(db: None) -> Brand:
    """Two Annikas, two Brunos by their e-mail address, and Carla."""
    brand = Brand()
    brand.know("ann-1", **ANN)
    brand.know("ann-2", **{**ANN, "last_name": "Lindqvst"})
    brand.know("bruno-1", "bruno.abbott@mail.test", name="Bruno Abbott")
    brand.know("bruno-2", name="Abbott, Bruno", email="bruno.abbott@mail.test")
    brand.know("carla", first_name="Carla", last_name="Dawson", birthday="1990-10-10", city="Leeds")
    brand.run()
    return brand


def test_suggestions_are_found_and_shown_with_reasons_but_no_values(brand: Brand) -> None:
    now = brand.now()
    search = actions.find_duplicates(brand.workspace, now)
    assert (search.people, search.suggested, search.found_at, search.skipped) == (5, 2, to_micros(now), ())
    assert queries.last_search(brand.workspace) == search
    ann = (brand.person("ann-1"), brand.person("ann-2"))
    bruno = (brand.person("bruno-1"), brand.person("bruno-2"))
    assert sorted(brand.shown()) == [ann, bruno]
    first = next(one for one in queries.suggestions(brand.workspace) if one.a == ann[0])
    assert (first.person_a, first.person_b, first.found_at) == (*ann, to_micros(now))
    assert {(reason.field, reason.level) for reason in first.reasons} >= {
        ("given_name", "same"),
        ("surname", "typo"),
        ("birth_date", "same"),
        ("city", "same"),
    }
    stored = json.dumps(brand.rows(), default=str).lower()
    assert [value for value in ("annika", "lindq", "1984", "bath", "bruno", "@") if value in stored] == []
    assert [one.action for one in AuditLine.objects.filter(workspace=brand.workspace).order_by("pk")][
        -1
    ] == "duplicates.found"


def test_the_same_search_again_changes_nothing(brand: Brand) -> None:
    actions.find_duplicates(brand.workspace, brand.now())
    before = brand.rows()
    actions.find_duplicates(brand.workspace, brand.now())
    assert brand.rows() == before


def test_same_merges_and_the_suggestion_vanishes(brand: Brand) -> None:
    brand.suggest()
    a, b = brand.person("ann-1"), brand.person("ann-2")
    decision = actions.answer(brand.workspace, b, a, "same", brand.now())
    brand.run()
    assert (brand.person("ann-1"), brand.person("ann-2")) == (a, a)
    assert [one.event_id for one in identities.merges_of(brand.workspace, a)] == [decision]
    assert (a, b) not in brand.shown()
    brand.suggest()
    assert [row[3] for row in brand.rows() if row[:2] == (a, b)] == ["same"]
    assert brand.shown() == [(brand.person("bruno-1"), brand.person("bruno-2"))]


def test_not_same_keeps_apart_for_good(brand: Brand) -> None:
    brand.suggest()
    a, b = brand.person("ann-1"), brand.person("ann-2")
    actions.answer(brand.workspace, a, b, "not_same", brand.now())
    assert (a, b) not in brand.shown()
    brand.run()
    assert identities.keeping_apart(brand.workspace, a, b) != []
    actions.find_duplicates(brand.workspace, brand.now())
    assert (a, b) not in brand.shown()


def test_what_is_decided_elsewhere_is_not_asked(brand: Brand) -> None:
    brand.suggest()
    ann = [brand.person("ann-1"), brand.person("ann-2")]
    bruno = [brand.person("bruno-1"), brand.person("bruno-2")]
    identity.merge(brand.workspace, *ann, brand.now())
    identity.keep_apart(brand.workspace, *bruno, brand.now())
    brand.run()
    assert brand.shown() == []
    assert [row[3] for row in brand.rows()] == [None, None]


def test_a_suggestion_follows_a_person_who_became_part_of_another(brand: Brand) -> None:
    brand.suggest()
    carla, bruno, other = brand.person("carla"), brand.person("bruno-1"), brand.person("bruno-2")
    identity.merge(brand.workspace, other, carla, brand.now())
    identity.merge(brand.workspace, brand.person("ann-1"), bruno, brand.now())
    brand.run()
    assert (brand.person("ann-1"), other) in brand.shown()
    actions.answer(brand.workspace, other, brand.person("ann-1"), "same", brand.now())
    brand.run()
    assert brand.person("carla") == brand.person("ann-1")


def test_an_answer_to_nothing_is_refused_and_changes_nothing(brand: Brand) -> None:
    brand.suggest()
    a, b, carla = brand.person("ann-1"), brand.person("ann-2"), brand.person("carla")
    with pytest.raises(Refused, match="Nothing suggests"):
        actions.answer(brand.workspace, a, carla, "same", brand.now())
    actions.answer(brand.workspace, a, b, "not_same", brand.now())
    before = brand.rows()
    with pytest.raises(Refused, match="answered this meanwhile"):
        actions.answer(brand.workspace, a, b, "same", brand.now())
    assert brand.rows() == before


def test_a_refused_merge_leaves_the_suggestion_open(brand: Brand) -> None:
    brand.suggest()
    a, b = brand.person("ann-1"), brand.person("ann-2")
    identity.merge(brand.workspace, a, b, brand.now())
    brand.run()
    before = brand.rows()
    with pytest.raises(Refused, match="one person"):
        actions.answer(brand.workspace, a, b, "same", brand.now())
    assert brand.rows() == before


def test_workspaces_do_not_meet(brand: Brand) -> None:
    other = Brand()
    other.know("ann-3", **ANN)
    other.run()
    brand.suggest()
    before = brand.rows()
    actions.keep_found(other.workspace, Suggestions((), 1, 0, 0.0, ()), other.now())
    assert queries.last_search(other.workspace) is not None
    actions.forget(other.workspace)
    assert (brand.rows(), other.rows(), queries.last_search(other.workspace)) == (before, [], None)


def test_forgetting_one_person_leaves_the_others(brand: Brand) -> None:
    brand.suggest()
    ann, bruno = brand.person("ann-2"), (brand.person("bruno-1"), brand.person("bruno-2"))
    actions.forget(brand.workspace, [ann])
    assert [row[:2] for row in brand.rows()] == [bruno]
    assert DuplicateSuggestion.objects.filter(workspace=brand.workspace).count() == 1


def test_records_are_made_of_traits_and_identities() -> None:
    traits = {"name": "王伟", "birthday": "1990-01-31", "address": "中山路12号", "district": "徐汇区", "id_number": 77}
    assert queries.record_of(4, traits, {"phone": "+8613812345678"}) == Record(
        4,
        full_name="王伟",
        birth_date="1990-01-31",
        street="中山路12号",
        city="徐汇区",
        phone="+8613812345678",
        ids=("id_number:77",),
    )
    assert queries.record_of(4, {}, {}) is None
    both = queries.record_of(4, {"street": "12 Harbour Street", "address": "Flat 3"}, {})
    assert both == Record(4, street="12 Harbour Street", street_2="Flat 3")


def test_every_reason_has_a_sentence() -> None:
    said = {field.name for field in COMPARED} | {"household", "group"}
    levels = {level.name for field in COMPARED for level in field.levels} | {"shared", "together", "apart"}
    assert (set(FIELDS), set(LEVELS)) == (said, levels)
    with translation.override("en"):
        assert sentence(Reason("birth_date", "transposed", 4.0)) == "Birth date: the same digits in another order"


@pytest.mark.parametrize(("state", "index"), [("open", "duplicates_open"), ("later", "duplicates_answered")])
def test_a_page_among_many_walks_the_index(brand: Brand, state: Any, index: str) -> None:
    answered = None if state == "open" else state
    DuplicateSuggestion.objects.bulk_create(
        DuplicateSuggestion(
            workspace=brand.workspace,
            a=n,
            b=n + 1,
            probability=0.5 + (n * 7919 % 5000) / 10_000,
            found_at=1,
            reasons=[],
            answered=answered if n % 2 else "same",
        )
        for n in range(1, 5_001)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE duplicate_suggestion")
    plan = queries._rows(brand.workspace, state, (0.8, 9, 10))[:30].explain()
    assert index in plan
    assert "Sort" not in plan
    assert "Seq Scan" not in plan
