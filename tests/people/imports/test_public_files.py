"""The public files, by the mappings that the demo uses: every total that is known of them comes out exactly.

Of a generated set nothing is known beforehand: its totals are those of a plain reading of the same file.
"""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from tests import public_data
from tests.people.imports.builders import NOW

from lianyi.kernel.clock import to_micros
from lianyi.kernel.ids import digest
from lianyi.people.imports.mapping import read_mapping
from lianyi.people.imports.opening import open_table
from lianyi.people.imports.plan import make_plan
from lianyi.people.imports.shaping import Shaped, Shaper

_DEMO = Path(__file__).parents[3] / "src" / "lianyi" / "assembly" / "demo"


def _is_public(kind: str) -> bool:
    return public_data.files()[kind].origin != public_data.GENERATED


def _plain(kind: str) -> list[dict[str, str]]:
    path = public_data.files()[kind].path
    with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
        return [{name.strip(): value.strip() for name, value in row.items()} for row in csv.DictReader(file)]


def _shaped(kind: str) -> Iterator[Shaped]:
    found = public_data.files()[kind]
    said = read_mapping(_DEMO / found.mapping, kind)
    table = open_table(found.path, said.file, lambda _: False)
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
    for part in _shaped("orders"):
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
    repeats = sum(contents.values()) - len(contents)
    found = (kinds, len(orders), len(customers), anonymous, gross, clean_rows, len(clean_customers), clean, repeats)
    assert found == (_RETAIL if _is_public("orders") else _plain_totals())


_RETAIL = (
    {"sale": 532_618, "return": 9_288, "adjustment": 3},
    25_900,
    4_372,
    135_080,
    Decimal("9747747.934"),
    397_884,
    4_338,
    Decimal("8911407.904"),
    5_268,
)


def _plain_totals() -> tuple[object, ...]:
    rows = _plain("orders")
    costs = [int(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in rows]
    clean = [
        (row["CustomerID"], cost)
        for row, cost in zip(rows, costs, strict=True)
        if row["CustomerID"] and row["InvoiceNo"][0] != "C" and cost > 0
    ]
    return (
        Counter({"C": "return"}.get(row["InvoiceNo"][0], "sale") for row in rows),
        len({row["InvoiceNo"] for row in rows}),
        len({row["CustomerID"] for row in rows} - {""}),
        sum(not row["CustomerID"] for row in rows),
        sum(costs),
        len(clean),
        len({customer for customer, _ in clean}),
        sum(cost for _, cost in clean),
        len(rows) - len({tuple(row.values()) for row in rows}),
    )


def test_ecom() -> None:
    drafts = [draft for part in _shaped("events") for draft in part.drafts]
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
    by_channel = {channel: (len(buyers[channel]), len(people[channel])) for channel in people}
    if not _is_public("events"):
        rows = _plain("events")
        assert len(drafts) == len(rows)
        assert sessions == {
            name: {row["session_id"] for row in rows if row["event"] == name} for name in {row["event"] for row in rows}
        }
        assert sum(people for _, people in by_channel.values()) == len({row["user_id"] for row in rows})
        return
    assert len(drafts) == 31_106
    names = ("product_view", "add_to_cart", "shipping_details", "payment_details", "purchase")
    assert [len(sessions[name]) for name in names] == [2_868, 1_213, 798, 632, 470]
    assert len(set().union(*sessions.values())) == 3_605
    assert by_channel == {
        "direct": (15, 30),
        "email": (51, 95),
        "organic": (115, 219),
        "paid_search": (105, 169),
        "social": (42, 87),
    }
    assert drafts[0].at == to_micros(datetime(2024, 3, 13, 10, 21, 14, tzinfo=UTC))


def test_febrl() -> None:
    parts = list(_shaped("people"))
    drafts = [draft for part in parts for draft in part.drafts]
    known = Counter(name for draft in drafts for name in draft.traits or {})
    assert sum(part.rows for part in parts) == len(drafts)
    assert "soc_sec_id" not in known
    if not _is_public("people"):
        rows = _plain("people")
        assert [draft.who[0].value for draft in drafts] == [row["rec_id"] for row in rows]
        assert known["first_name"] == known["birthday"] == len(rows)
        return
    assert len({draft.who[0].value for draft in drafts}) == len(drafts) == 1_000
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
    assert known["birthday"] == 1_000 - 41 - 3  # three are no days of any calendar
    assert sum("first_name" not in (draft.traits or {}) for draft in drafts) == 44
