"""The sieve: what an event must not bring back.

Each identity that an event states is compared, by its mark, with those that were erased. An event of an erased person
goes; one of somebody else stays, without the erased one's values: where they stood there is `(erased)`, which is no
identity. A member's decision about who is who stays likewise, since it may be about others too. What happened after the
erasure (by the event's own time) passes. Pure, but for the memory of claims that it has seen.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from lianyi.events.lake.schemas import Row
from lianyi.events.log.decoding import decode_kept
from lianyi.events.schemas import Claim, Event
from lianyi.foundation.workspaces.queries import region_of
from lianyi.people.identity import erasing
from lianyi.people.identity.decisions import MERGED, NAMES
from lianyi.people.identity.normalise import normalise
from lianyi.people.identity.queries import erased_numbers

ERASED = "(erased)"
_REMEMBERED = 100_000
_NOBODY, _ALIVE = -2, -1
_SHORTEST = 5  # characters of a value that is looked for in bytes that are no event

_decode = msgspec.json.Decoder().decode


class Sieve:
    """Of one workspace, at one moment. `values` are normalised values of erased people, where they are known."""

    def __init__(
        self, marks: Mapping[bytes, int], numbers: Collection[int], region: str, values: Iterable[str] = ()
    ) -> None:
        self._marks = marks
        self._numbers = frozenset(numbers)
        self._region = region
        self._until: dict[Claim, int] = {}
        self._known = {value.casefold() for value in values}
        self._met = set(self._known)

    @classmethod
    def of(cls, workspace: int, values: Iterable[str] = ()) -> "Sieve":
        """The one for all erasures that the database knows."""
        numbers = erased_numbers(workspace)
        return cls(erasing.marks(workspace), numbers, region_of(workspace), values)

    def __bool__(self) -> bool:
        return bool(self._marks)

    def judge(self, event: Event, number: int = 0) -> bytes | None:
        """The event's JSON as it may stay, most often as it is; None when the event is to go. `number` is that of the
        identity that it came with, where that is known.
        """
        sent: list[str] = []
        owned = number in self._numbers
        first = True
        for claim in event.claims:
            until = self._until_of(claim)
            if until == _NOBODY:
                continue
            if until >= event.occurred_at:
                owned |= first
                sent.append(claim.value)
            first = False
        decision = event.form == "own" and event.name in NAMES
        if decision and event.name == MERGED:
            sent += [one.value for one in _merged(event) if self._until_of(one) >= event.occurred_at]
        if owned and not decision:
            self._met.update(value.casefold() for value in sent)
            return None
        return self._redacted(event.raw, sent) if sent else event.raw

    def keep(self, row: Row) -> Row | None:
        """A row of the lake as it may stay; None when it is to go. A decision whose owner is erased is nobody's."""
        raw = self.judge(event_of(row), row.identity)
        if raw is None:
            return None
        if row.identity in self._numbers:
            return row._replace(raw=raw, identity=0)
        return row if raw == row.raw else row._replace(raw=raw)

    def holds(self, raw: bytes) -> bool:
        """Whether bytes that are no event speak of somebody who is erased, as far as values are known here."""
        plain = raw.decode("utf-8", "replace")
        text = plain.casefold() + " " + _ESCAPED.sub(_spelled_out, plain).casefold()
        return any(value in text for value in self._known if len(value) >= _SHORTEST)

    def names(self, cell: str) -> bool:
        """Whether a text is an identity that was erased, or one of the known values."""
        text = cell.strip()
        normal = [normalise(Claim(kind, "", text, False), self._region) for kind in _SPELLED]
        return text.casefold() in self._known or any(one is not None and one.value in self._known for one in normal)

    def clean(self, raw: bytes) -> bytes:
        """JSON without the values that were met in events of erased people."""
        return _without(raw, self._met)

    def _redacted(self, raw: bytes, sent: Iterable[str]) -> bytes:
        normal = [normalise(Claim(kind, "", value, False), self._region) for value in sent for kind in _SPELLED]
        values = {value.casefold() for value in sent} | {one.value for one in normal if one is not None}
        return _without(raw, values)

    def _until_of(self, claim: Claim) -> int:
        until = self._until.get(claim)
        if until is None:
            normal = normalise(claim, self._region)
            until = _NOBODY if normal is None else self._marks.get(erasing.mark_of_claim(normal), _ALIVE)
            if len(self._until) >= _REMEMBERED:
                self._until.clear()
            self._until[claim] = until
        return until


# Under these names an event states who it speaks of.
_WHO = frozenset(
    """who a b userId anonymousId previousId distinct_id original_id identities phone email unionid wechat_id
    $mobile $phone $email""".split()  # noqa: SIM905
)
_SPELLED = ("phone", "email")  # kinds that are often written in several ways in one event


def event_of(row: Row) -> Event:
    """The event that a row of the lake keeps."""
    return decode_kept(
        raw=row.raw,
        form=row.form,
        key=row.key,
        position=row.position,
        event_id=row.id,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        trusted=row.trusted,
    )


def _merged(event: Event) -> list[Claim]:
    said = [event.properties[end] for end in "ab"]
    return [Claim(str(kind), str(scope), str(value), False) for kind, scope, value in said]


def _without(raw: bytes, values: Collection[str]) -> bytes:
    """The JSON with `(erased)` in the place of each text or number that is one of the values. A short one is only taken
    for it where an identity stands: `1` is a quantity more often than somebody's id.
    """
    long = {value for value in values if len(value) >= _SHORTEST}

    def kept(part: Any, wanted: Collection[str]) -> Any:
        if isinstance(part, dict):
            return {name: kept(value, values if name in _WHO else wanted) for name, value in part.items()}
        if isinstance(part, list):
            return [kept(value, wanted) for value in part]
        if isinstance(part, str | int) and not isinstance(part, bool) and str(part).casefold() in wanted:
            return ERASED
        return part

    try:
        return msgspec.json.encode(kept(_decode(raw), long))
    except (msgspec.DecodeError, RecursionError):  # such as a number too large for any machine, which is JSON too
        return _without_reading(raw, values, long)


_TEXT = r'"(?:[^"\\]|\\.)*"'
# A text or a number of JSON, with the name that it stands under, if it has one; or a name of something else.
_PART = re.compile(rf"(?:(?P<name>{_TEXT})\s*:\s*)?(?P<part>{_TEXT}(?!\s*:)|-?\d[\d.eE+-]*)|{_TEXT}\s*:")
_ESCAPED = re.compile(r'(?:\\(?:u[0-9a-fA-F]{4}|["\\/]))+')


def _without_reading(raw: bytes, values: Collection[str], long: Collection[str]) -> bytes:
    """The same of JSON that is sound but cannot be read as a whole: text by text, however deep they stand."""

    def kept(found: re.Match[str]) -> str:
        name, part = found["name"], found["part"]
        wanted = values if name and _said_in(name) in _WHO else long
        if part is None or _said_in(part).casefold() not in wanted:
            return found[0]
        return found[0].removesuffix(part) + f'"{ERASED}"'

    return _PART.sub(kept, raw.decode("utf-8", "replace")).encode()


def _said_in(part: str) -> str:
    return _ESCAPED.sub(_spelled_out, part[1:-1]) if part[0] == '"' else part


def _spelled_out(escaped: re.Match[str]) -> str:
    """What a run of JSON's escapes stands for; two of them can be one character."""
    return str(json.loads(f'"{escaped[0]}"'))
