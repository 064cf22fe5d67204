"""Made-up traffic for the benchmarks, the same for the same seed: people, their events, and the bytes they
come in.

The mix: a pool of people that grows by new visitors (5 % of events), identifies that join a visitor's two
identities (1 %), exact repeats (1 %, in bodies only: the lake never gets them), 12 properties an event, UUID
message ids, about 400 bytes of JSON, and one event in eight that says where a visit came from. Times grow
with the events, from `start` to `end`. Fast enough (more than 200,000 events/s on one core) that a benchmark
measures what it is named after.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lianyi.events.lake.columns import Columns
from lianyi.events.schemas import Source

DAY = 86_400_000_000
CHUNK = 20_000
KNOWN_OF_TEN = 4  # of the people at the start, so many are known by their user id, the others by a cookie

# Name, share of the events, its own properties: together with the common ones, 12.
# A name with a dot is what Lianyi makes of a call without one (`page`).
NAMES = [
    ("page.viewed", 34, b'"depth":3,"theme":"light"'),
    ("Product Viewed", 20, b'"list":"home","theme":"dark"'),
    ("Link Clicked", 8, b'"text":"more","place":"top"'),
    ("Products Searched", 8, b'"query":"jacket","found":41'),
    ("Product List Viewed", 7, b'"list":"sale","sort":"price"'),
    ("Product Added", 6, b'"quantity":1,"list":"home"'),
    ("Email Opened", 4, b'"letter":"spring","device":"phone"'),
    ("Cart Viewed", 4, b'"items":2,"theme":"light"'),
    ("Order Completed", 3, b'"total":"129.00","coupon":"none"'),
    ("Product Shared", 3, b'"share_via":"wechat","theme":"light"'),
    ("Signed Up", 2, b'"method":"phone","plan":"free"'),
    ("Product Reviewed", 1, b'"rating":5,"review_body":"good"'),
]
SOURCES = [
    None,
    Source("search", "organic", "", ""),
    Source("wechat", "social", "spring", ""),
    Source("weibo", "social", "spring", ""),
    Source("email", "email", "letter-12", ""),
    Source("offline", "qr", "store", "c0042"),
    Source("xiaohongshu", "social", "kol", "c0107"),
    Source("direct", "", "", ""),
]
_IDENTIFIED = len(NAMES)
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


@dataclass(frozen=True)
class Mix:
    """What the traffic is like."""

    people: int = 200_000  # known before the first event
    seed: int = 1
    start: int = 1_700_000_000_000_000  # µs
    end: int = 1_700_000_000_000_000 + 730 * DAY
    new: float = 0.05
    joins: float = 0.01
    repeats: float = 0.01
    machines: float = 0.01
    landings: float = 0.125  # the first event of a visit of eight says where the visitor came from


@dataclass
class _Some:
    """A chunk of events, by column."""

    person: npt.NDArray[np.int64]
    known: npt.NDArray[np.bool_]  # states the user id, else the visitor's cookie
    join: npt.NDArray[np.bool_]  # states both
    name: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    source: npt.NDArray[np.int64]
    machine: npt.NDArray[np.bool_]
    raws: list[bytes]


def bodies(mix: Mix, events: int, *, a_body: int = 20) -> Iterator[bytes]:
    """Bodies of the Segment HTTP API's /v1/batch with `a_body` events each, repeats included in `events`."""
    for some in _chunks(mix, events):
        raws = some.raws
        random = np.random.default_rng([mix.seed, len(raws), int(some.at[0])])
        repeated = np.flatnonzero(random.random(len(raws)) < mix.repeats)
        for place in repeated.tolist():
            raws[place] = raws[place - int(random.integers(1, 200))] if place > 200 else raws[place]
        for first in range(0, len(raws), a_body):
            yield b'{"batch":[%b]}' % b",".join(raws[first : first + a_body])


def columns(mix: Mix, events: int, *, a_batch: int = CHUNK) -> Iterator[Columns]:
    """The same traffic as rows of the lake, one batch of `a_batch` (a multiple of 20,000 at best) after
    another.

    A person's identities are 2p + 1 (cookie) and 2p + 2 (user id) for p = 0, 1, …; see `people_after`. Only people
    who identify themselves come with both.
    """
    kinds: list[tuple[Any, ...]] = [
        (name, source, machine, "segment", 1, True, "default", "segment")
        for name in (*(name for name, _, _ in NAMES), "person.identified")
        for source in SOURCES
        for machine in (False, True)
    ]
    for number, some in enumerate(_chunks(mix, events, chunk=a_batch), start=1):
        size = len(some.raws)
        random = np.random.default_rng([mix.seed, 7, number])
        ids = random.bytes(16 * size)
        yield Columns(
            batch=np.full(size, number, dtype=np.int64),
            position=np.arange(size, dtype=np.int32),
            identity=2 * some.person + 1 + some.known,
            occurred_at=some.at,
            received_at=some.at + random.integers(1_000, 3_000_000, size),
            kind=((some.name * len(SOURCES) + some.source) * 2 + some.machine).astype(np.int32),
            kinds=kinds,
            ids=[ids[place : place + 16] for place in range(0, 16 * size, 16)],
            raws=some.raws,
        )


def cookies_of(people: npt.NDArray[np.int64]) -> list[str]:
    """The cookies by which the traffic names these people, where it does not name them by their user id `u<number>`."""
    return [cookie.decode() for cookie in _uuids(_cookie_bytes(people))]


def people_after(mix: Mix, events: int) -> int:
    """How many people the traffic knows after so many events."""
    return mix.people + sum(some.new_people for some in _plans(mix, events, CHUNK))


@dataclass(frozen=True)
class _Plan:
    first: int
    size: int
    people: int
    new_people: int


def _plans(mix: Mix, events: int, chunk: int) -> Iterator[_Plan]:
    people = mix.people
    for first in range(0, events, chunk):
        size = min(chunk, events - first)
        new = int((first + size) * mix.new) - int(first * mix.new)
        yield _Plan(first, size, people, new)
        people += new


def _chunks(mix: Mix, events: int, *, chunk: int = CHUNK) -> Iterator[_Some]:
    pages, products = _page_pool(), _product_pool()
    shares = np.cumsum([share for _, share, _ in NAMES])
    for plan in _plans(mix, events, chunk):
        random = np.random.default_rng([mix.seed, plan.first])
        size = plan.size
        # A few people do much: the square makes the first tenth of the pool three times as busy as the rest.
        person = (plan.people * random.random(size) ** 2).astype(np.int64)
        fresh = random.permutation(size)[: plan.new_people]
        person[fresh] = plan.people + np.arange(plan.new_people)
        join = random.random(size) < mix.joins
        join[fresh] = False
        known = join | ((person < mix.people) & (person % 10 < KNOWN_OF_TEN))
        step = (mix.end - mix.start) / max(events, 1)
        at = mix.start + ((plan.first + np.arange(size) + random.random(size)) * step).astype(np.int64)
        some = _Some(
            person=person,
            known=known,
            join=join,
            name=np.where(
                join, _IDENTIFIED, np.searchsorted(shares, random.integers(0, shares[-1], size), side="right")
            ),
            at=at,
            source=np.where(
                random.random(size) < mix.landings, (random.integers(0, 100, size) ** 2 * len(SOURCES)) // 10_000, 0
            ),
            machine=random.random(size) < mix.machines,
            raws=[],
        )
        some.raws = _raws(some, random, pages, products)
        yield some


def _raws(some: _Some, random: np.random.Generator, pages: list[bytes], products: list[bytes]) -> list[bytes]:
    size = len(some.person)
    heads = [
        b'%b"properties":{%b,' % (b"" if "." in name else b'"event":"%b",' % name.encode(), own)
        for name, _, own in NAMES
    ]
    kinds = [b"page" if "." in name else b"track" for name, _, _ in NAMES]
    contexts = [_context(source) for source in SOURCES]
    ids = _uuids(np.frombuffer(random.bytes(16 * size), dtype=np.uint8).reshape(size, 16))
    cookies = _uuids(_cookie_bytes(some.person))
    times = np.datetime_as_string(some.at.view("M8[us]"), unit="ms").astype("S").tolist()
    page = random.integers(0, len(pages), size).tolist()
    product = random.integers(0, len(products), size).tolist()
    dwell = random.integers(0, 90_000, size).tolist()
    raws = []
    for person, known, join, name, source, id_, cookie, at, p, q, d in zip(
        some.person.tolist(), some.known.tolist(), some.join.tolist(), some.name.tolist(),
        some.source.tolist(), ids, cookies, times, page, product, dwell, strict=True,
    ):  # fmt: skip
        if join:
            who = b'"type":"identify","anonymousId":"%b","userId":"u%d",' % (cookie, person)
            rest = b'"traits":{"phone_model":"P%d","city":"c%d",' % (d % 90, person % 300)
        else:
            who = b'"type":"%b","userId":"u%d",' % (kinds[name], person)
            if not known:
                who = b'"type":"%b","anonymousId":"%b",' % (kinds[name], cookie)
            rest = heads[name]
        raws.append(
            b'{%b"messageId":"%b","timestamp":"%bZ",%b%b,%b,"dwell":%d}%b}'
            % (who, id_, at, rest, pages[p], products[q], d, contexts[source])
        )
    return raws


def _context(source: Source | None) -> bytes:
    if source is None:
        return b""
    return b',"context":{"campaign":{"source":"%b","name":"%b"}}' % (
        source.channel.encode(),
        source.campaign.encode(),
    )


def _page_pool() -> list[bytes]:
    return [
        b'"path":"/p/%d","title":"Spring %d","width":%d,"language":"zh-CN"' % (n * 7919 % 5000, n, 320 + 16 * (n % 100))
        for n in range(2_000)
    ]


def _product_pool() -> list[bytes]:
    return [
        b'"sku":"S%05d","price":"%d.%02d","currency":"CNY","category":"c%d","brand":"b%d"'
        % (n * 104_729 % 100_000, 9 + n % 800, n * 37 % 100, n % 40, n % 60)
        for n in range(3_000)
    ]


def _cookie_bytes(person: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """16 bytes for each person, which look random."""
    low = (person.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    high = (low ^ (low >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return np.stack([low, high], axis=1).view(np.uint8)


def _uuids(data: npt.NDArray[np.uint8]) -> list[bytes]:
    """Rows of 16 bytes as UUIDs in their usual writing."""
    digits = np.empty((len(data), 32), dtype=np.uint8)
    digits[:, 0::2] = _HEX[data >> 4]
    digits[:, 1::2] = _HEX[data & 15]
    text = np.full((len(data), 36), ord("-"), dtype=np.uint8)
    for to, first, last in ((0, 0, 8), (9, 8, 12), (14, 12, 16), (19, 16, 20), (24, 20, 32)):
        text[:, to : to + last - first] = digits[:, first:last]
    return text.reshape(-1).view("S36").tolist()
