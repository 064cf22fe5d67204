"""The public order lines of a gift wholesaler, as an import tells them, and a second, plain reading of the file."""

import csv
import gzip
import os
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.people.profiles.builders import moment

from lianyi.events.schemas import Claim, Event
from lianyi.kernel.ids import digest

KINDS = {"C": "return", "A": "adjustment"}


def lines(customers: Collection[str] | None = None) -> Iterator[dict[str, str]]:
    """The rows of the file, of these customers or all; skips the test where there is no file."""
    path = Path(os.environ.get("LIANYI_DATA") or "../shared/data") / "online_retail/online_retail.csv.gz"
    if not path.exists():
        pytest.skip(f"the public order lines are not here: {path}")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if customers is None or row["CustomerID"] in customers:
                yield row


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
