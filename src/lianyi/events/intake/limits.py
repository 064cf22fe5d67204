"""The limits that intake enforces, and the reasons it gives.

| what | limit | answer |
|---|---|---|
| request body, decompressed | 500 kB | 413 `body.too_large` |
| events in a batch | 5,000 | 413 `batch.too_long` |
| one event | 32 kB | `event.too_large` |
| nesting of properties and traits | 16 levels | `event.too_deep` |
| event name, identity, message id | 200, 256, 256 characters | `name.invalid`, `who.invalid` |
| own time | 1970-01-01 to one hour after receipt | `time.range`, `time.future` |
"""

from typing import Any, NamedTuple

from lianyi.kernel.clock import HOUR

BODY_BYTES = 500_000
EVENTS = 5_000
CONTEXT_BYTES = 10_000_000  # a context that a batch gives to all its events, times their number
EVENT_BYTES = 32_000
DEPTH = 16
NAME_CHARACTERS = 200
IDENTITY_CHARACTERS = 256
AHEAD = HOUR  # how far a sender's clock may run ahead, in µs


class Refusal(NamedTuple):
    """Why one event of a body was not taken; `place` counts the body's events from 0."""

    place: int
    code: str
    sentence: str


class Accepted(NamedTuple):
    """A judged body. `ids` holds 16 bytes for each event of the body, then 8 for each: its id, and its own time in µs
    (signed, little-endian); both are zero for a refused one.
    """

    body: bytes
    ids: bytes
    taken: int  # number of events
    refused: list[Refusal]


class BadEvent(ValueError):
    """One event is refused; its siblings are not."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class BadBody(ValueError):
    """Nothing of the body can be taken."""

    def __init__(self, code: str, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.status = status


def check_depth(value: Any, left: int = DEPTH) -> None:
    """Raises BadEvent when `value` nests deeper than `left` levels."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return
    if left == 0:
        raise BadEvent("event.too_deep", f"The event nests deeper than {DEPTH} levels.")
    for part in value:
        if isinstance(part, dict | list):
            check_depth(part, left - 1)


def check_parts(part: dict[str, Any]) -> None:
    """Raises BadEvent when one of the values nests too deep."""
    for value in part.values():
        if type(value) is dict or type(value) is list:
            check_depth(value)


def check_name(name: object) -> None:
    """Raises BadEvent unless `name` may be an event's name from outside."""
    if not isinstance(name, str) or not name.strip() or len(name) > NAME_CHARACTERS:
        raise BadEvent("name.invalid", f"An event needs a name of 1 to {NAME_CHARACTERS} characters.")
    if "." in name:
        raise BadEvent("name.reserved", "Names with a dot are Lianyi's own.")
    if "\x00" in name:
        raise BadEvent("name.invalid", "An event's name holds no NUL.")


def check_time(occurred_at: int, received_at: int) -> int:
    """The own time to keep: a clock slightly ahead is set back to the receipt. BadEvent when it cannot be."""
    if occurred_at <= 0:
        raise BadEvent("time.range", "The event's time lies before 1970.")
    if occurred_at > received_at:
        if occurred_at > received_at + AHEAD:
            raise BadEvent("time.future", "The event's time lies more than an hour ahead.")
        return received_at
    return occurred_at
