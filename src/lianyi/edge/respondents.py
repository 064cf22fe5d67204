"""Who answers a survey: what they have answered before, and whether their quota is full.

What is looked up is some seconds old at the most; a process adds what it has taken itself until it finds that counted,
however far behind the pipeline is. That nobody counts twice does not rest on this but on the ids of events.
"""

import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from lianyi.edge.lookups import Database, Lookup
from lianyi.edge.visitors import Visitor
from lianyi.growth.forms.guarding import nonce
from lianyi.growth.surveys.schemas import Quota
from lianyi.growth.surveys.serving import (
    ENDED,
    FILLED,
    IDENTITY,
    STANDING,
    Served,
    Standing,
    claim_in,
    ended_in,
    filled_in,
    standing_in,
)
from lianyi.growth.surveys.state import invited
from lianyi.kernel.ids import digest

GOOD_FOR = 1.0  # seconds
_MOST = 50_000
_AT_ONCE = 1_000  # responses that are asked about
_FORGOTTEN_AFTER = 3_600.0  # seconds: what is not counted by then was taken away, as by an erasure
_COMPLETED = 2


class Respondent(NamedTuple):
    """Whose response it is; `identity` is that of a known person who came by a link of their own, else 0."""

    response: str
    identity: int
    standing: Standing | None


class _Own:
    """What was completed here for a quota: response → when, and since when it is known to be counted."""

    def __init__(self) -> None:
        self.responses: dict[str, tuple[float, float | None]] = {}
        self.asked_at = 0.0


class Respondents:
    """Looks up who answers."""

    def __init__(self, database: Database, secret: bytes) -> None:
        self._secret = secret
        self._standings = Lookup(database, STANDING, standing_in, good_for=GOOD_FOR, bad_for=0.5)
        self._filled = Lookup(database, FILLED, filled_in, good_for=GOOD_FOR)
        self._claims = Lookup(database, IDENTITY, claim_in)
        self._done: OrderedDict[tuple[int, str], float] = OrderedDict()  # responses that were completed here, and when
        self._ended = Lookup(database, ENDED, ended_in, good_for=GOOD_FOR)
        self._counted: dict[tuple[int, str], _Own] = {}  # survey and quota → what was completed here
        self._held: list[tuple[int, str, str]] = []  # survey, quota, response that is on its way to the disk

    async def who(self, served: Served, visitor: Visitor, token: str) -> Respondent:
        """Who asks for the survey. psycopg.Error when nobody can tell."""
        identity = invited(self._secret, token, served.address, time.time()) if token else 0
        if identity and not await self._claim(served, identity):
            identity = 0  # somebody who was erased since
        response = _response(served, visitor, identity)
        if not identity and (not visitor.value or visitor.fresh):
            return Respondent(response, 0, None)
        if (served.survey, response) in self._done and served.definition.once:
            return Respondent(response, identity, Standing(_COMPLETED, 0, 0, {}, response, 0))
        mark = b"" if identity else visitor.mark
        asked = {"workspace": served.workspace, "survey": served.survey, "response": bytes.fromhex(response)}
        key = (served.survey, response)
        standing = await self._standings.find(key, {**asked, "mark": mark, "identity": identity})
        return Respondent(response, identity, standing)

    async def is_done(self, served: Served, response: str) -> bool:
        """Whether this response was completed before, as far as it is known yet."""
        if (served.survey, response) in self._done:
            return True
        asked = {"workspace": served.workspace, "survey": served.survey, "response": bytes.fromhex(response)}
        standing = await self._standings.find((served.survey, response), {**asked, "mark": b"", "identity": 0})
        return standing is not None and (standing.stage, standing.response) == (_COMPLETED, response)

    async def claims(self, served: Served, identity: int, visitor: Visitor) -> Sequence[tuple[str, str, str, bool]]:
        """As whom the answers are recorded: a known person's link names them alone, since it may be passed on."""
        if identity:
            claim = await self._claim(served, identity)
            return [claim] if claim else []
        return [] if visitor.fresh else visitor.claims()

    async def full(self, served: Served, quotas: Sequence[Quota], response: str = "") -> str:
        """The key of the first of these quotas that is full but for this response; "" for none."""
        if not quotas:
            return ""
        for quota in quotas:
            await self._settle(served, quota.key)
        found = await self._filled.find(served.survey, {"workspace": served.workspace, "survey": served.survey})
        for quota in quotas:
            coming = {held[2] for held in self._held if held[:2] == (served.survey, quota.key)} - {response}
            if (found or {}).get(quota.key, 0) + self._since(served, quota.key) + len(coming) >= quota.most:
                return quota.key
        return ""

    @contextmanager
    def holding(self, served: Served, quotas: Sequence[str], response: str) -> Iterator[None]:
        """Keeps a place of each of these quotas while a response is recorded, so that of many who come at once for the
        last place one has it. To be entered before anything else is waited for after `full`.
        """
        held = [(served.survey, quota, response) for quota in quotas]
        self._held += held
        try:
            yield
        finally:
            for one in held:
                self._held.remove(one)

    def count(self, served: Served, response: str, quotas: Sequence[str]) -> None:
        """A response was completed here; it is looked up only a little later."""
        now = time.monotonic()
        if (served.survey, response) not in self._done:
            for quota in quotas:
                self._counted.setdefault((served.survey, quota), _Own()).responses[response] = (now, None)
        self._done[served.survey, response] = now
        if len(self._done) > _MOST:
            self._done.popitem(last=False)

    async def _settle(self, served: Served, quota: str) -> None:
        """Forgets what was completed here once it is counted: a moment later, since counts are remembered so long.
        Counted twice for that moment rather than not at all.
        """
        own, now = self._counted.get((served.survey, quota)), time.monotonic()
        if own is None or now < own.asked_at + GOOD_FOR:
            return
        own.asked_at = now
        waiting = [one for one, (at, seen) in own.responses.items() if seen is None and at < now - GOOD_FOR][:_AT_ONCE]
        asked = {"workspace": served.workspace, "responses": [bytes.fromhex(one) for one in waiting]}
        ended = await self._ended.find((served.survey, quota, now), asked) if waiting else None
        for one in waiting:
            at = own.responses.get(one, (now, None))[0]
            if one in own.responses and (one in (ended or ()) or at < now - _FORGOTTEN_AFTER):
                own.responses[one] = (at, now)
        for one, (_at, seen) in list(own.responses.items()):
            if seen is not None and seen < now - GOOD_FOR:
                own.responses.pop(one, None)

    def _since(self, served: Served, quota: str) -> int:
        """How many were completed here that may not be counted yet."""
        own = self._counted.get((served.survey, quota))
        return len(own.responses) if own else 0

    async def _claim(self, served: Served, identity: int) -> tuple[str, str, str, bool] | None:
        return await self._claims.find((served.workspace, identity), (served.workspace, identity))


def _response(served: Served, visitor: Visitor, identity: int) -> str:
    """The id of a response: the same person's is the same, where one person answers once."""
    if served.definition.once and identity:
        who = f"identity {identity}"
    elif served.definition.once and visitor.value:
        who = f"cookie {visitor.value}"
    else:
        who = nonce()
    return digest("response", served.address, who).hex()
