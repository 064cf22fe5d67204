"""Surveys at the edge: one page of questions after the other, each durable before the next is shown.

`/s/ADDRESS` is the survey, which takes a page by POST; `/s/ADDRESS/thanks` follows. A page carries what was answered
before it, signed. Who comes back goes on where they stopped; who has answered is told so, by their browser and, where
it is known whose that is, by any browser of theirs. `?t=…` is the link of a known person (`surveys.actions.invite`).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec
import psycopg

from lianyi.edge.appender import Unavailable
from lianyi.edge.callers import Caller, Callers
from lianyi.edge.evidence import source_of
from lianyi.edge.form_calls import NO_REFERRER, flood, is_json, leave, query_of, teller_in, texts_of
from lianyi.edge.hosts import Hosts
from lianyi.edge.http import Answer, Gone, Header, Receive, Scope, pass_over, problem, read_body, replaced
from lianyi.edge.language import language_for
from lianyi.edge.lookups import Database, Lookup
from lianyi.edge.recording import Recorder
from lianyi.edge.respondents import Respondents
from lianyi.edge.visitors import visitor_of
from lianyi.events.intake.limits import BadBody
from lianyi.events.intake.own import OwnEvent
from lianyi.growth.forms.checking import Problems
from lianyi.growth.forms.following import plain_page
from lianyi.growth.forms.guarding import SAID, TRAP, Pace, Verdict, judge, nonce, stands_for
from lianyi.growth.surveys import answers
from lianyi.growth.surveys.branching import next_page, page_before, quotas_met, settled
from lianyi.growth.surveys.judging import judged
from lianyi.growth.surveys.recording import Given, answered, completed, screened
from lianyi.growth.surveys.rendering import FULL, POLICY, Shown, said_page, survey_page, thanks_page
from lianyi.growth.surveys.schemas import Found
from lianyi.growth.surveys.serving import SURVEY, Served, Standing, served_in
from lianyi.growth.surveys.state import BACK, NAME, State, fits, seal, unseal
from lianyi.kernel.sentences import Sentence, Tell

PREFIX = "/s/"
BODY_BYTES = 200_000
_LONGEST_ADDRESS = 40
_COMPLETED, _SCREENED = 2, 1
_HEADERS: tuple[Header, ...] = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-content-type-options", b"nosniff"),
)
_GONE = Sentence("This survey takes no more answers.")
_UNKNOWN = Sentence("There is no survey here.")
_LATER = Sentence("Your answers could not be kept just now. Please send them again in a moment.")
_LARGE = Sentence("Your answers are too long. Please shorten them.")
_UNREAD = Sentence("Your answers could not be read.")
_ALREADY = Sentence("You have answered this survey already. Thank you.")
_WELCOME = Sentence("Welcome back. You go on where you stopped.")
_AGAIN = Sentence("This page was not one of ours any more, so the survey begins anew.")


class _Call(NamedTuple):
    """One request."""

    scope: Scope
    caller: Caller
    query: Mapping[str, Sequence[str]]
    language: str
    tell: Tell


class Surveys:
    """Serves surveys. `room` says whether the disk has room for more."""

    def __init__(
        self, database: Database, secret: bytes, recorder: Recorder, callers: Callers, room: Callable[[], bool],
        hosts: Hosts,
    ) -> None:  # fmt: skip
        self._secret, self._recorder, self._callers, self._room, self._hosts = secret, recorder, callers, room, hosts
        self._lookup: Lookup[Served] = Lookup(database, SURVEY, served_in)
        self._respondents = Respondents(database, secret)
        self._pace = Pace()

    def takes(self, path: str) -> bool:
        """Whether this is an address of a survey; what is deeper belongs to others."""
        address, _, rest = path.removeprefix(PREFIX).partition("/")
        return path.startswith(PREFIX) and bool(address) and rest in ("", "thanks")

    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        """One request to an address that `takes` says is one of a survey."""
        caller, query = self._callers.caller_of(scope), query_of(scope["query_string"])
        language = language_for((query.get("lang") or [caller.language])[0], "en")
        call = _Call(scope, caller, query, language, teller_in(language))
        try:
            return await self._answer(call, receive)
        except BadBody as bad:
            return _said(call, bad.status, _LARGE if bad.status == 413 else _UNREAD)
        except Gone:
            return problem(400, "body.incomplete", "The body ended before its end.")
        except (Unavailable, psycopg.Error, OSError):
            return _said(call, 503, _LATER, (b"retry-after", b"5"))

    async def _answer(self, call: _Call, receive: Receive) -> Answer:
        address, _, rest = call.scope["path"].removeprefix(PREFIX).partition("/")
        method = call.scope["method"]
        if method not in ("GET", "HEAD", "POST") or (rest and method == "POST"):
            allowed = (b"allow", b"GET, POST")
            return problem(405, "method.not_allowed", "A survey is read by GET and sent by POST.", allowed)
        served = await self._served(address)
        domain = await self._hosts.domain_of(call.scope)
        if served is None or (domain is not None and domain.workspace != served.workspace):
            await leave(method, receive)
            return _said(call, 404, _UNKNOWN)
        asked = (call.query.get("lang") or [call.caller.language])[0]
        call = _in(call, language_for(asked, served.definition.language))
        if rest:
            return _page(200, thanks_page(served.definition, call.language, call.tell))
        if not served.open:
            await leave(method, receive)
            return _told(call, served, 410, _GONE)
        return await (self._post(call, receive, served) if method == "POST" else self._get(call, served))

    async def _served(self, address: str, version: int | None = None) -> Served | None:
        if len(address) > _LONGEST_ADDRESS or not (address.isascii() and address.isalnum()):
            return None
        return await self._lookup.find((address, version), (version, address))

    async def _get(self, call: _Call, served: Served, notice: Sentence | None = None) -> Answer:
        visitor = visitor_of(call.scope, call.caller)
        cookie = visitor.header(tls=self._callers.came_by_tls(call.scope))
        token = (call.query.get("t") or [""])[0]
        more = [*([cookie] if cookie else []), *([NO_REFERRER] if token else [])]
        who = await self._respondents.who(served, visitor, token)
        standing = who.standing
        if standing is not None and served.definition.once and standing.stage == _COMPLETED:
            return _told(call, served, 200, _ALREADY, *more)
        if standing is not None and served.definition.once and standing.stage == _SCREENED:
            return _screened(call, served, *more)
        if await self._respondents.full(served, [one for one in served.definition.quotas if not one.when]):
            return _screened(call, served, *more)
        state = self._begun(call, served, who.response, who.identity)
        found: Found = {}
        if standing is not None and served.definition.once:
            state, found = _resumed(state, served, standing)
        first = next_page(served.definition, -1, {}) or 0
        state = state if state.place >= 0 else msgspec.structs.replace(state, place=first)
        welcome = _WELCOME if found else None
        return self._show(call, served, state, values=found, notice=notice or welcome, more=more)

    def _begun(self, call: _Call, served: Served, response: str, identity: int) -> State:
        now = time.time()
        source = source_of(call.scope, call.query)
        if source is None and served.definition.campaign:
            source = ("", "", served.definition.campaign, "")
        return State(
            served.address, served.version, response, -1, int(now), nonce(), call.language, int(now * 1_000_000),
            {}, source, identity,
        )  # fmt: skip

    async def _post(self, call: _Call, receive: Receive, served: Served) -> Answer:
        pages = max(1, len(served.definition.pages))
        waits = self._pace.wait(served.address, call.caller.address, served.definition.guard.per_minute * pages)
        if waits:
            await pass_over(receive)
            return _said(call, 429, flood(waits), (b"retry-after", str(waits).encode()))
        if not self._room():
            await pass_over(receive)
            return _said(call, 503, _LATER, (b"retry-after", b"60"))
        sent = _sent(call.scope, await read_body(call.scope, receive, BODY_BYTES))
        state = unseal(self._secret, (sent.get(NAME) or [""])[0], served.address, time.time())
        if state is None:
            begun = await self._get(call, served, _AGAIN)
            return begun if begun.status != 200 else begun._replace(status=409)
        if state.version != served.version:
            served = await self._served(served.address, state.version) or served
        call = _in(call, state.language)
        if sent.get(BACK):
            before = page_before(served.definition, state.place, state.found)
            state = msgspec.structs.replace(state, place=state.place if before is None else before, nonce=nonce())
            return self._show(call, served, state, values=state.found)
        return await self._judged(call, served, state, sent)

    async def _judged(self, call: _Call, served: Served, state: State, sent: Mapping[str, Sequence[str]]) -> Answer:
        definition = served.definition
        given, problems = judged(definition, state.place, sent, _of_before(served, state))
        if problems:
            return self._show(call, served, state, 422, values=sent, problems=problems)
        verdict = _verdict(served, state, sent, given)
        if verdict is not Verdict.FINE:
            if verdict is Verdict.UNCONFIRMED:
                state = msgspec.structs.replace(state, confirmed=stands_for(given))
            status = 200 if verdict is Verdict.UNCONFIRMED else 409
            confirming = verdict is Verdict.UNCONFIRMED
            return self._show(
                call, served, state, status, values=sent, notice=SAID[verdict], confirming=confirming
            )  # fmt: skip
        found = settled(definition, {**_without(served, state), **given})
        if not fits(found):
            return _told(call, served, 413, _LARGE)
        return await self._taken(call, served, state, found)

    async def _taken(self, call: _Call, served: Served, state: State, found: Found) -> Answer:
        """A page that is as it should be: kept, and what follows it."""
        definition, following = served.definition, next_page(served.definition, state.place, found)
        if following is None and await self._respondents.is_done(served, state.response):
            return _thanked(call, served)  # the first answers count, and the tags that they gave
        who = await self._respondents.claims(served, state.identity, visitor_of(call.scope, call.caller))
        at = int(time.time() * 1_000_000)
        kept = Given(served.survey, definition, found, at, who, call.caller.machine)
        met = quotas_met(definition, found, len(definition.pages) if following is None else state.place)
        full = await self._respondents.full(served, met, state.response)
        if full:
            await self._keep(served, screened(state, kept, full), at)
            return _screened(call, served)
        if following is None:
            quotas = [one.key for one in met]
            with self._respondents.holding(served, quotas, state.response):
                await self._keep(served, completed(state, kept, quotas), at)
                self._respondents.count(served, state.response, quotas)
            return _thanked(call, served)
        await self._keep(served, answered(state, kept), at)
        now = int(time.time())
        state = msgspec.structs.replace(
            state, place=following, at=now, nonce=nonce(), found=found, passed=True, confirmed=""
        )
        return self._show(call, served, state, values=found)

    async def _keep(self, served: Served, events: list[OwnEvent], at: int) -> None:
        await self._recorder.record(served.workspace, events, at)

    def _show(
        self,
        call: _Call,
        served: Served,
        state: State,
        status: int = 200,
        *,
        values: Mapping[str, Sequence[str]],
        problems: Problems | None = None,
        notice: Sentence | None = None,
        confirming: bool = False,
        more: Sequence[Header] = (),
    ) -> Answer:
        """The page at which the state is."""
        shown = Shown(
            served.definition, state.place, call.language, call.tell, seal(self._secret, state),
            _of_before(served, state), "" if state.passed else state.nonce, values, problems or {}, notice, confirming,
        )  # fmt: skip
        return _page(status, survey_page(shown), *more)


def _resumed(state: State, served: Served, standing: Standing) -> tuple[State, Found]:
    """Where somebody stopped; at the beginning when the survey is another than it was."""
    found = settled(served.definition, answers.texts_of(served.definition, standing.answers))
    state = msgspec.structs.replace(state, response=standing.response, began=standing.began, found=found)
    if standing.version != served.version:
        return state, found
    place = next_page(served.definition, standing.page - 1, found)
    return msgspec.structs.replace(state, place=standing.page - 1 if place is None else place, passed=True), found


def _verdict(served: Served, state: State, sent: Mapping[str, Sequence[str]], given: Found) -> Verdict:
    """What the guard says of the first page; of later ones only what people do not see counts."""
    if state.passed:
        return Verdict.TRAPPED if any(sent.get(TRAP, ())) else Verdict.FINE
    return judge(served.definition.guard, state.issue(), sent, stands_for(given), time.time())


def _of_before(served: Served, state: State) -> Found:
    """What was answered on the pages before the one at which the state is."""
    before = msgspec.structs.replace(served.definition, pages=served.definition.pages[: state.place])
    return settled(before, state.found)


def _without(served: Served, state: State) -> Found:
    """What was answered on all other pages."""
    page = served.definition.pages[state.place]
    keys = {question.key for question in page.questions}
    return {name: values for name, values in state.found.items() if name.partition(".")[0] not in keys}


def _in(call: _Call, language: str) -> _Call:
    return call._replace(language=language, tell=teller_in(language))


def _thanked(call: _Call, served: Served) -> Answer:
    place = f"{PREFIX}{served.address}/thanks?lang={call.language}"
    return Answer(303, b"", ((b"location", place.encode()), *_HEADERS))


def _screened(call: _Call, served: Served, *more: Header) -> Answer:
    said = served.definition.screened.told(call.language) or call.tell(FULL)
    return _page(200, said_page(served.definition, said, call.language), *more)


def _told(call: _Call, served: Served, status: int, sentence: Sentence, *more: Header) -> Answer:
    return _page(status, said_page(served.definition, call.tell(sentence), call.language), *more)


def _said(call: _Call, status: int, sentence: Sentence, *more: Header) -> Answer:
    return _page(status, plain_page(sentence, call.language, call.tell), *more)


def _page(status: int, body: bytes, *more: Header) -> Answer:
    return Answer(status, body, replaced(_HEADERS, more))


def _sent(scope: Scope, body: bytes) -> dict[str, list[str]]:
    if is_json(scope):
        raise BadBody("survey.type", "The body is no form.", 415)
    return texts_of(scope, body)
