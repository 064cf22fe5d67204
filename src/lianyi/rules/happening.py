"""What one person did, in memory: the plain reading of the leaves about behaviour that every engine has to agree with.

A property has a value when it is a text, a number, or true or false; null, a list and an object are none. Of a property
that an event states twice, what it states first counts.
"""

import json
import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from lianyi.kernel.clock import DAY, local_day
from lianyi.rules.nodes import ANYTHING, NO_DOING, Behaviour, Conditions, Did, DidSum, DidThen, DidWhen, During, Within
from lianyi.rules.passing import on_day, passes
from lianyi.rules.person import Happening, Moment

UTC = ZoneInfo("UTC")  # tests of properties look at no day
MILLION = 1_000_000
MOST = 9e12  # how much one event may add to a sum, either way


def happened(leaf: Behaviour, events: Iterable[Happening], moment: Moment) -> bool:
    """Whether the leaf holds at this moment for a person who did these, in any order."""
    if isinstance(leaf, DidThen):
        return _then(leaf, list(events), moment)
    done = [event for event in events if _matches(event, leaf.event, leaf.where)]
    if isinstance(leaf, DidWhen):
        when = [event.at for event in done]
        return bool(when) and on_day(
            leaf.is_, _day(min(when) if leaf.which == "first" else max(when), moment), moment.today
        )
    done = [event for event in done if _during(leaf.during, event.at, moment)]
    if isinstance(leaf, Did):
        return leaf.at_least <= len(done) and (leaf.at_most is None or len(done) <= leaf.at_most)
    return _sums_to(leaf, done)


def _sums_to(leaf: DidSum, done: list[Happening]) -> bool:
    values = [value_of(event.properties.get(leaf.property)) for event in done]
    numbers = [millionths(value) for value in values if isinstance(value, float)]
    low, high = sum_bounds(leaf)
    total = sum(numbers)
    return bool(numbers) and (low is None or low <= total) and (high is None or total <= high)


def _then(leaf: DidThen, events: list[Happening], moment: Moment) -> bool:
    later = sorted(event.at for event in events if _matches(event, leaf.then.event, leaf.then.where))
    for event in events:
        if not _matches(event, leaf.first.event, leaf.first.where):
            continue
        if not _during(leaf.during, event.at, moment):
            continue
        end = event.at + leaf.within_days * DAY
        place = bisect_right(later, event.at)
        followed = place < len(later) and later[place] <= end
        if followed if leaf.happened else not followed and end <= moment.now:
            return True
    return False


def _matches(event: Happening, name: str, where: Conditions) -> bool:
    return is_called(event.name, name) and meets(event.properties, where)


def is_called(event: str, name: str) -> bool:
    """Whether an event's name is this one, or counts as any."""
    return event not in NO_DOING if name == ANYTHING else event == name


def _during(during: During | None, at: int, moment: Moment) -> bool:
    if during is None:
        return True
    if isinstance(during, Within):
        return at > moment.now - during.days * DAY
    return on_day(during, _day(at, moment), moment.today)


def _day(at: int, moment: Moment) -> date:
    return local_day(at, moment.zone)


def meets(properties: Mapping[str, Any], where: Conditions) -> bool:
    """Whether an event with these properties meets all conditions."""
    return all(passes(one.is_, value_of(properties.get(one.property)), date.min, UTC) for one in where)


def value_of(stated: Any) -> str | float | bool | None:
    """What a property is worth: a text, a number as a double, true or false, or nothing."""
    if isinstance(stated, str | bool):
        return stated
    if not isinstance(stated, int | float):
        return None
    try:
        number = float(stated)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def millionths(number: float) -> int:
    """What a number adds to a sum. Sums are of whole millionths, so that no order of adding changes them."""
    return math.floor(min(max(number, -MOST), MOST) * MILLION + 0.5)


def sum_bounds(leaf: DidSum) -> tuple[int | None, int | None]:
    """The bounds of a sum in millionths."""
    return _bound(leaf.at_least), _bound(leaf.at_most)


def _bound(number: float | None) -> int | None:
    if number is None:
        return None
    return millionths(number) if abs(number) <= MOST else int(max(min(number, 1e30), -1e30)) * MILLION


def properties_of(raw: bytes) -> dict[str, Any]:
    """The properties that an event's JSON states; {} when they can't be read. Numbers are doubles."""
    try:
        event = json.loads(raw, object_pairs_hook=_first_stated, parse_int=float, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return {}
    stated = event.get("properties") if isinstance(event, dict) else None
    return stated if isinstance(stated, dict) else {}


def _first_stated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(pairs))


def _no_number(word: str) -> float:
    raise ValueError(word)
