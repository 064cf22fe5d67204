"""Group `ingest`: how fast events are acknowledged, and how fast they become people."""

import threading
import time
from collections.abc import Iterator

from bench import load
from bench.generate import Mix, bodies
from bench.installation import Installation, installation
from bench.rows import Row, row

CONNECTIONS = 64
A_BODY = 20
COLLECTED = 1_200_000
RATES = (15_000, 20_000, 25_000, 30_000, 40_000)
SUSTAINED_FOR = 15  # seconds
SEEN_BEFORE = 600_000  # events after which most of the 200,000 people are known


def rows(size: str, *, peers: bool) -> list[Row]:
    """The group's measurements."""
    factor = 4 if size == "large" else 1
    with installation() as running:
        collected = _collect(running, COLLECTED * factor, peers=peers)
    with installation() as running:
        return [*collected, *_sustain(running, factor)]


def _requests(running: Installation, events: int, seed: int) -> list[bytes]:
    now = int(time.time() * 1e6)
    mix = Mix(seed=seed, start=now - 3_600_000_000, end=now - 60_000_000)
    return [load.request("/v1/batch", body, running.authorization) for body in bodies(mix, events, a_body=A_BODY)]


def _collect(running: Installation, events: int, *, peers: bool) -> list[Row]:
    """The worker stands still meanwhile, so that the collector is measured; then it shows that repeats counted once."""
    requests = _requests(running, events, 1)
    with running.paused("worker"):
        outcome = load.run(running.port, iter(requests), connections=CONNECTIONS)
    answered = outcome.statuses.get(200, 0)
    started = time.perf_counter()
    drained = running.run("drain", "--timeout", "600")
    drained_in = time.perf_counter() - started
    with running.connect() as database:
        # Key 0 is our own: changes of stage that these events brought about.
        query = "SELECT (SELECT sum(count) FROM log WHERE key <> 0), (SELECT sum(repeats) FROM batch)"
        found = database.execute(query).fetchone()
    if answered != len(requests) or not drained["drained"] or found is None or found[0] != events:
        raise RuntimeError(f"{outcome.statuses}, {drained}, {found} for {events} events")
    said = f"{events:,} events, 20 a body, 64 connections, load on the same machine; {found[1]:,} repeats counted once"
    peer_value = _peer(requests[: len(requests) // 10]) if peers else None
    return [
        row(
            "collector, acknowledged after fsync",
            "ingest",
            events / outcome.seconds,
            "events/s",
            size=said,
            limit=80_000,
            peer="Flask + PostgreSQL" if peers else "",
            peer_value=peer_value,
        ),
        row("collector, p99", "ingest", outcome.percentile(0.99) * 1000, "ms", size=said, limit=50, better="lower"),
        row("pipeline, a backlog worked off", "ingest", events / drained_in, "events/s", size=f"{events:,} events"),
    ]


def _peer(requests: list[bytes]) -> float:
    from bench.peer import serving

    with serving() as port:
        outcome = load.run(port, iter(requests), connections=CONNECTIONS)
    if outcome.statuses != {200: len(requests)}:
        raise RuntimeError(f"the peer answered {outcome.statuses}")
    return len(requests) * A_BODY / outcome.seconds


def _sustain(running: Installation, factor: int) -> list[Row]:
    """Rising rates, each held for a while; the highest at which no projector of people was over a second behind."""
    best, its_lag, highest_memory = 0.0, 0.0, 0
    load.run(running.port, iter(_requests(running, SEEN_BEFORE, 9)), connections=CONNECTIONS)
    running.run("drain", "--timeout", "300")
    for seed, rate in enumerate(RATES, start=10):
        events = rate * SUSTAINED_FOR * factor
        requests = _requests(running, events, seed)
        watch = _Watch(running)
        with watch:
            outcome = load.run(running.port, iter(requests), connections=CONNECTIONS, rate=rate / A_BODY)
        reached = events / outcome.seconds
        highest_memory = max(highest_memory, watch.memory)
        if watch.lag > 1.0 or reached < 0.95 * rate:
            if not best:
                best, its_lag = min(reached, rate), watch.lag
            break
        best, its_lag = reached, watch.lag
        running.run("drain", "--timeout", "300")
    said = (
        f"all projectors on, {SUSTAINED_FOR * factor} s a rate, rates {', '.join(f'{one:,}' for one in RATES)}; "
        f"{SEEN_BEFORE:,} events before"
    )
    held = best if its_lag <= 1.0 else 0.0
    return [
        row("whole pipeline, sustained within 1 s", "ingest", held, "events/s", size=said, limit=30_000),
        row(
            "whole pipeline, furthest behind",
            "ingest",
            its_lag,
            "s",
            size=f"{best:,.0f} events/s",
            limit=1.0,
            better="lower",
        ),
        row(
            "memory of `up` while loading", "memory", highest_memory / 1e6, "MB", size=said, limit=1_500, better="lower"
        ),
    ]


class _Watch:
    """Looks four times a second at how far behind the projectors of people are, and once a second at the memory."""

    def __init__(self, running: Installation) -> None:
        self._running = running
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.lag = 0.0
        self.memory = 0

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        with self._running.connect() as database:
            for turn in self._turns():
                found = database.execute(
                    """
                    SELECT extract(epoch FROM clock_timestamp()) - min(received_at) / 1e6 FROM log WHERE batch IS NULL
                    OR batch > (SELECT coalesce(min(batch), 0) FROM cursor WHERE projector <> 'lake')
                    """
                ).fetchone()
                if found and found[0] is not None:
                    self.lag = max(self.lag, float(found[0]))
                if turn % 4 == 0:
                    self.memory = max(self.memory, self._running.memory())

    def _turns(self) -> Iterator[int]:
        turn = 0
        while not self._stop.wait(0.25):
            yield turn
            turn += 1
