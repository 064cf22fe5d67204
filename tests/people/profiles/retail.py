"""The public order lines of a gift wholesaler, as an import tells them, and a second, plain reading of the file.

Where the file is not at hand, a few orders at the moments that were counted by hand stand in for a sample of it, and
the demo's generated set for all of it.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from decimal import Decimal

from tests import public_data
from tests.people.profiles.builders import moment

from lianyi.events.schemas import Claim, Event
from lianyi.kernel.ids import digest

KINDS = {"C": "return", "A": "adjustment"}


# Customer → time, pieces and price of each line; what is given back stands under C….
COUNTED: dict[str, list[tuple[str, int, str]]] = {
    "12346": [("2011-01-18 10:01:00", 74_215, "1.04"), ("2011-01-18 10:17:00", -74_215, "1.04")],
    "13256": [("2011-11-25 15:57:00", 12_540, "0.00")],
    "17547": [("2011-03-10 09:01:00", -2, "5.00"), ("2011-03-10 09:01:00", -1, "2.00")],
    "18074": [("2010-12-01 09:53:00", 10, "2.00")],
    "16250": [("2010-12-01 09:59:00", 10, "2.00"), ("2011-03-23 15:07:00", 10, "2.00")],
    "14242": [("2011-01-18 08:53:00", 10, "2.00"), ("2011-04-19 11:46:00", 10, "2.00")],
    "16053": [("2011-08-09 14:57:00", 10, "2.00"), ("2011-11-07 11:21:00", 10, "2.00")],
    "12347": [
        (f"{day} 14:{minute}:00", 12, "1.25")
        for day, minute in (
            ("2010-12-07", 57), ("2011-01-26", 30), ("2011-04-07", 10), ("2011-06-09", 10), ("2011-08-02", 10),
            ("2011-10-31", 10), ("2011-12-07", 10),
        )
    ],
    "15862": [
        ("2010-12-01 11:21:00", 1, "3.00"), ("2011-05-19 14:08:00", 1, "3.00"), ("2011-08-19 16:34:00", 1, "3.00"),
        ("2011-12-01 13:28:00", 1, "3.00"),
    ],
    "13255": [
        ("2010-12-01 11:58:00", 9, "3.00"), ("2010-12-16 10:10:00", -3, "3.00"), ("2011-11-30 13:14:00", 9, "3.00"),
    ],
    "15299": [
        ("2010-12-02 16:48:00", 2, "9.00"), ("2010-12-02 16:50:00", 2, "9.00"), ("2010-12-02 16:51:00", 2, "9.00"),
        ("2011-02-01 12:00:00", -1, "9.00"), ("2011-03-21 12:06:00", 2, "9.00"), ("2011-06-28 17:01:00", 2, "9.00"),
        ("2011-10-03 14:18:00", 2, "9.00"), ("2011-10-03 14:19:00", 2, "9.00"),
    ],
    "17076": [
        ("2010-12-10 10:08:00", 4, "7.50"), ("2011-03-11 08:59:00", 4, "7.50"), ("2011-11-03 17:53:00", 4, "7.50"),
    ],
}  # fmt: skip


def is_public() -> bool:
    """Whether the file is the public one, of which the totals are known."""
    return public_data.files()["orders"].origin != public_data.GENERATED


def lines(customers: Collection[str] | None = None) -> Iterator[dict[str, str]]:
    """The rows of the file, of these customers or all; of these customers a stand-in where the file is generated."""
    if customers is not None and not is_public():
        yield from (row for customer in customers for row in _counted(customer))
        return
    with gzip.open(public_data.files()["orders"].path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if customers is None or row["CustomerID"] in customers:
                yield row


def _counted(customer: str) -> Iterator[dict[str, str]]:
    for place, (time, pieces, price) in enumerate(COUNTED[customer]):
        invoice = f"{'C' if pieces < 0 else ''}{customer}{place:02}"
        yield {
            "InvoiceNo": invoice, "StockCode": "22423", "Description": "CAKESTAND", "Quantity": str(pieces),
            "InvoiceDate": time, "UnitPrice": price, "CustomerID": customer, "Country": "Norway",
        }  # fmt: skip


def events(rows: Iterator[dict[str, str]]) -> Iterator[Event]:
    for place, row in enumerate(rows):
        customer, at = row["CustomerID"], moment(row["InvoiceDate"])
        yield Event(
            position=0,
            id=digest("retail", str(place)),
            name="order.line",
            occurred_at=at,
            received_at=at,
            claims=(Claim("crm_id", "retail", customer, True),) if customer else (),
            form="own",
            key=0,
            trusted=True,
            scope="",
            origin="import:retail",
            source=None,
            machine=False,
            traits=None,
            properties={
                "order": row["InvoiceNo"],
                "sku": row["StockCode"],
                "quantity": int(row["Quantity"]),
                "price": row["UnitPrice"],
                "currency": "GBP",
                "kind": KINDS.get(row["InvoiceNo"][0], "sale"),
            },
            raw=b"{}",
        )


def purchase_days(rows: Iterator[dict[str, str]]) -> dict[str, list[tuple[str, date]]]:
    """Customer → (time, day) of each invoice with anything bought and paid for, in order of time."""
    paid: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    times: dict[tuple[str, str], str] = {}
    for row in rows:
        key = (row["CustomerID"], row["InvoiceNo"])
        cost = int(row["Quantity"]) * Decimal(row["UnitPrice"])
        if row["CustomerID"] and row["InvoiceNo"][0] not in KINDS:
            paid[key] += max(cost, Decimal(0))
            times[key] = min(times.get(key, row["InvoiceDate"]), row["InvoiceDate"])
    found: dict[str, list[tuple[str, date]]] = defaultdict(list)
    for key, time in sorted(times.items(), key=lambda one: one[1]):
        if paid[key] > 0:
            found[key[0]].append((time, date.fromisoformat(time[:10])))
    return found


def plain_totals(rows: list[dict[str, str]]) -> tuple[object, ...]:
    """Net, orders, lines, returns, adjustments, customers, customers who paid, and what customers paid."""
    costs = [int(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in rows]
    paid = [(row["CustomerID"], cost) for row, cost in zip(rows, costs, strict=True) if row["CustomerID"] and cost > 0]
    kinds = [KINDS.get(row["InvoiceNo"][0], "sale") for row in rows]
    return (
        sum(costs), len({row["InvoiceNo"] for row in rows}), len(rows), kinds.count("return"),
        kinds.count("adjustment"), len({row["CustomerID"] for row in rows} - {""}),
        len({customer for customer, _ in paid}), sum(cost for _, cost in paid),
    )  # fmt: skip


def stages(purchases: list[tuple[str, date]], today: date, silence: int) -> list[tuple[str, str]]:
    """(moment, stage) by nothing but differences of calendar days."""
    found: list[tuple[str, str]] = []
    last: date | None = None
    for time, day in purchases:
        if last is None:
            found.append((time, "first_purchase"))
        elif (day - last).days > silence:
            found += [(f"{last + timedelta(silence + 1)} 00:00:00", "dormant"), (time, "won_back")]
        elif found[-1][1] != "repeat":
            found.append((time, "repeat"))
        last = day
    if last is not None and (today - last).days > silence:
        found.append((f"{last + timedelta(silence + 1)} 00:00:00", "dormant"))
    return found
