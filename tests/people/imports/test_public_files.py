"""The public files, by the mappings that the demo uses: every total that is known of them comes out exactly."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.people.imports.builders import NOW

from lianyi.kernel.clock import to_micros
from lianyi.kernel.ids import digest
from lianyi.people.imports.mapping import read_mapping
from lianyi.people.imports.plan import make_plan
from lianyi.people.imports.shaping import Shaped, Shaper
from lianyi.people.imports.tables import open_table

_DATA = Path(os.environ.get("LIANYI_DATA") or Path(__file__).parents[4] / "shared" / "data")
_DEMO = Path(__file__).parents[3] / "src" / "lianyi" / "assembly" / "demo"


def _shaped(kind: str, file: str, mapping: str) -> Iterator[Shaped]:
    path = _DATA / file
    if not path.exists():
        pytest.skip(f"the public data is absent: {path}")
    said = read_mapping(_DEMO / mapping, kind)
    table = open_table(path, said.file, lambda _: False)
    plan = make_plan(table, said, zone="Asia/Shanghai")
    shaper = Shaper(plan, table.columns, region="CN", currency="CNY", now=NOW)
    return (shaper.shape(block) for block in table.blocks())


def test_online_retail() -> None:
    orders: set[str] = set()
    customers: set[str] = set()
    kinds, contents = Counter[str](), Counter[bytes]()
    gross = clean = Decimal(0)
    anonymous = clean_rows = 0
    clean_customers: set[str] = set()
    for part in _shaped("orders", "online_retail/online_retail.csv.gz", "retail_orders.yaml"):
        assert part.refused == []
        for draft in part.drafts:
            said = draft.properties
            cost = said["quantity"] * Decimal(said["price"])
            gross += cost
            orders.add(said["order"])
            kinds[said["kind"]] += 1
            contents[digest(draft.content)] += 1
            customers.update(claim.value for claim in draft.who)
            anonymous += not draft.who
            if draft.who and said["kind"] != "return" and said["quantity"] > 0 and Decimal(said["price"]) > 0:
                clean += cost
                clean_rows += 1
                clean_customers.add(draft.who[0].value)
    assert kinds == {"sale": 532_618, "return": 9_288, "adjustment": 3}
    assert (len(orders), len(customers), anonymous) == (25_900, 4_372, 135_080)
    assert gross == Decimal("9747747.934")
    assert (clean_rows, len(clean_customers), clean) == (397_884, 4_338, Decimal("8911407.904"))
    assert sum(contents.values()) == 541_909
    assert sum(contents.values()) - len(contents) == 5_268


def test_ecom() -> None:
    drafts = [
        draft for part in _shaped("events", "event_streams/ecom.csv.gz", "shop_events.yaml") for draft in part.drafts
    ]
    assert len(drafts) == 31_106
    sessions: dict[str, set[str]] = defaultdict(set)
    people: dict[str, set[str]] = defaultdict(set)
    buyers: dict[str, set[str]] = defaultdict(set)
    for draft in drafts:
        [claim] = draft.who
        assert (claim.kind, claim.scope, claim.strong) == ("user_id", "default", True)
        assert draft.source is not None
        people[draft.source[0]].add(claim.value)
        sessions[draft.name].add(draft.properties["session"])
        if draft.name == "purchase":
            buyers[draft.source[0]].add(claim.value)
    names = ("product_view", "add_to_cart", "shipping_details", "payment_details", "purchase")
    assert [len(sessions[name]) for name in names] == [2_868, 1_213, 798, 632, 470]
    assert len(set().union(*sessions.values())) == 3_605
    assert {channel: (len(buyers[channel]), len(people[channel])) for channel in people} == {
        "direct": (15, 30),
        "email": (51, 95),
        "organic": (115, 219),
        "paid_search": (105, 169),
        "social": (42, 87),
    }
    assert drafts[0].at == to_micros(datetime(2024, 3, 13, 10, 21, 14, tzinfo=UTC))


def test_febrl() -> None:
    parts = list(_shaped("people", "febrl/dataset1.csv", "crm_people.yaml"))
    drafts = [draft for part in parts for draft in part.drafts]
    assert sum(part.rows for part in parts) == len(drafts) == 1_000
    assert len({draft.who[0].value for draft in drafts}) == 1_000
    assert drafts[0].who[0].value == "rec-223-org"
    assert drafts[0].traits == {
        "address_1": "tullaroop street",
        "address_2": "willaroo",
        "birthday": "1908-12-09",
        "last_name": "waller",
        "postcode": "4011",
        "state": "wa",
        "street_number": "6",
        "suburb": "st james",
    }
    known = Counter(name for draft in drafts for name in draft.traits or {})
    assert known["birthday"] == 1_000 - 41 - 3  # three are no days of any calendar
    assert "soc_sec_id" not in known
    assert sum("first_name" not in (draft.traits or {}) for draft in drafts) == 44
