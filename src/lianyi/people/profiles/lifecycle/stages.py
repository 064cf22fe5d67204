"""The six stages as a state machine over facts, and nothing but facts: no clock is read here.

    prospect ──signal──▶ intent ──order──▶ first_purchase ──order──▶ repeat
                          │  ▲                 │                       │ ▲
                       silence signal       silence                silence order
                          ▼  │                 ▼                       ▼ │
                        dormant              dormant ──order──▶ won_back ┘

- A *signal* of intent moves a prospect; once somebody bought, only orders count.
- *Silence* is `days_until_dormant` whole UTC days without what put the person into the stage: signals for somebody who
  never bought, orders for a buyer. The person is dormant from the start of the next day. Prospects never fall asleep.
- A dormant buyer who buys again is won back, and the next order makes a repeat customer of them. Somebody who never
  bought wakes up as intent by a signal, or as a first purchase by an order.

How far the clock has come is a fact too (`until`): a silence up to it is known to be one, a silence after the last
order is not, until an event says that the time has passed. So the same facts give the same history, whenever asked.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from lianyi.kernel.clock import DAY
from lianyi.people.profiles.spans import Span

SHORTEST_SILENCE = 7  # days; signals closer than this are kept as one span
SIGNAL_GAP = (SHORTEST_SILENCE + 1) * DAY - 1  # from the start of the last day of a span


class Stage(StrEnum):
    """Where somebody stands."""

    PROSPECT = "prospect"
    INTENT = "intent"
    FIRST_PURCHASE = "first_purchase"
    REPEAT = "repeat"
    DORMANT = "dormant"
    WON_BACK = "won_back"


class Facts(NamedTuple):
    """All that a person's stages depend on. Times are µs."""

    signals: Sequence[Span] = ()  # from the first signal of each span to the start of its last day
    orders: Sequence[int] = ()  # moments at which purchases were made
    until: int = 0  # the latest moment that is known to have passed without more


class Change(NamedTuple):
    """The stage that a person entered, when, and by what: `signal`, `order` or `silence`."""

    at: int
    stage: Stage
    reason: str


class Standing(NamedTuple):
    """Where a person stands, since when, and when the silence will have lasted long enough; null: never."""

    stage: Stage
    since: int | None
    due_at: int | None


def signal_span(at: int) -> Span:
    """The span of one signal."""
    return Span(at, day_start(at))


def day_start(at: int) -> int:
    """The start of the UTC day of a moment."""
    return at - at % DAY


def history(facts: Facts, days_until_dormant: int) -> list[Change]:
    """Every stage that the person entered after prospect, in order of time."""
    orders = sorted(facts.orders)
    first_order = orders[0] if orders else None
    changes: list[Change] = []
    silent_at: int | None = None
    for span in sorted(facts.signals):
        if first_order is not None and span.started_at >= first_order:
            break
        if silent_at is not None and silent_at <= span.started_at:
            changes.append(Change(silent_at, Stage.DORMANT, "silence"))
        if not changes or changes[-1].stage is Stage.DORMANT:
            changes.append(Change(span.started_at, Stage.INTENT, "signal"))
        silent_at = asleep_at(span.until_at, days_until_dormant)
    for place, at in enumerate(orders):
        if silent_at is not None and silent_at <= at:
            changes.append(Change(silent_at, Stage.DORMANT, "silence"))
        stage = _after_order(changes) if place else Stage.FIRST_PURCHASE
        if not changes or changes[-1].stage is not stage:
            changes.append(Change(at, stage, "order"))
        silent_at = asleep_at(day_start(at), days_until_dormant)
    if silent_at is not None and silent_at <= facts.until:
        changes.append(Change(silent_at, Stage.DORMANT, "silence"))
    return changes


def standing(facts: Facts, days_until_dormant: int) -> Standing:
    """Where the person stands by these facts."""
    changes = history(facts, days_until_dormant)
    if not changes:
        return Standing(Stage.PROSPECT, None, None)
    last = changes[-1]
    if last.stage is Stage.DORMANT:
        return Standing(last.stage, last.at, None)
    bought = max(facts.orders, default=None)
    latest = bought if bought is not None else max(span.until_at for span in facts.signals)
    return Standing(last.stage, last.at, asleep_at(day_start(latest), days_until_dormant))


def after_signals(before: Standing, signals: Sequence[int], days_until_dormant: int) -> Standing | None:
    """Where somebody who stood like `before` stands after more signals, at these moments, which change no earlier
    stage; None where that takes all of the facts.
    """
    if before.since is None or min(signals) < before.since:
        return None
    if before.stage in (Stage.FIRST_PURCHASE, Stage.REPEAT, Stage.WON_BACK):
        return before  # only orders count
    if before.stage is Stage.INTENT and before.due_at is not None and max(signals) < before.due_at:
        return before._replace(due_at=max(before.due_at, asleep_at(day_start(max(signals)), days_until_dormant)))
    return None


def stage_at(facts: Facts, now: int, days_until_dormant: int) -> Stage:
    """The stage at the moment `now`, by what had happened until then."""
    past = Facts(
        [Span(span.started_at, min(span.until_at, day_start(now))) for span in facts.signals if span.started_at <= now],
        [at for at in facts.orders if at <= now],
        now,
    )
    return standing(past, days_until_dormant).stage


def _after_order(changes: list[Change]) -> Stage:
    return Stage.WON_BACK if changes[-1].stage is Stage.DORMANT else Stage.REPEAT


def asleep_at(day: int, days_until_dormant: int) -> int:
    """When the silence that begins with this day will have lasted long enough."""
    return day + (days_until_dormant + 1) * DAY
