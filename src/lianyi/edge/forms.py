"""Forms at the edge: the page of a form, and what is sent by it, durable before it is answered.

`/f/ADDRESS` is the page, which takes answers by POST; `/f/ADDRESS/thanks` follows. Programs ask for JSON and send JSON.
What is wrong is said at the fields, and what was typed is still there; whatever is refused leaves nothing behind.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import msgspec
import psycopg

from lianyi.edge.appender import Unavailable
from lianyi.edge.callers import Caller, Callers
from lianyi.edge.evidence import source_of
from lianyi.edge.hosts import Hosts
from lianyi.edge.http import Answer, Gone, Header, Receive, Scope, header, pass_over, problem, read_body
from lianyi.edge.language import translate_into
from lianyi.edge.lookups import Lookup
from lianyi.edge.recording import Recorder
from lianyi.edge.visitors import visitor_of
from lianyi.events.intake.limits import BadBody
from lianyi.growth.forms.checking import Asking, checked
from lianyi.growth.forms.definitions import OWN
from lianyi.growth.forms.fields import Hidden
from lianyi.growth.forms.guarding import (
    ISSUE,
    PAGE,
    SAID,
    Issue,
    Pace,
    Taken,
    Verdict,
    judge,
    nonce,
    seal,
    stands_for,
    unseal,
)
from lianyi.growth.forms.recording import PAGE_CHARACTERS, Filled, events_of
from lianyi.growth.forms.rendering import POLICY, Shown, form_page, plain_page, thanks_page
from lianyi.growth.forms.schemas import Definition, Submission
from lianyi.growth.forms.serving import QUERY, Served, served_in
from lianyi.kernel.sentences import Sentence, Tell

PREFIX = "/f/"
BODY_BYTES = 200_000
_LONGEST_ADDRESS = 40
_MOST_NAMES = 500
_HTML: Header = (b"content-type", b"text/html; charset=utf-8")
_JSON: Header = (b"content-type", b"application/json")
_HEADERS: tuple[Header, ...] = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-content-type-options", b"nosniff"),
)
_CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"86400"),
)
_GONE = Sentence("This form takes no more answers.")
_UNKNOWN = Sentence("There is no form here.")
_LATER = Sentence("Your answers could not be kept just now. Please send them again in a moment.")
_LARGE = Sentence("Your answers are too long. Please shorten them.")
_UNREAD = Sentence("Your answers could not be read.")


class _Call(NamedTuple):
    """One request."""

    caller: Caller
    query: Mapping[str, Sequence[str]]
    language: str
    tell: Tell
    program: bool  # JSON is asked for


class _Programmed(msgspec.Struct):
    """What a program sends."""

    answers: dict[str, bool | int | float | str | list[str] | None] = {}
    issue: str = ""
    work: str = ""
    page: str = ""


class Forms:
    """Serves forms. `room` says whether the disk has room for more."""

    def __init__(
        self, conninfo: str, secret: bytes, recorder: Recorder, callers: Callers, room: Callable[[], bool], hosts: Hosts
    ) -> None:
        self._secret, self._recorder, self._callers, self._room, self._hosts = secret, recorder, callers, room, hosts
        self._lookup: Lookup[Served] = Lookup(conninfo, QUERY, served_in)
        self._pace, self._taken = Pace(), Taken()

    async def close(self) -> None:
        """Lets the connection go."""
        await self._lookup.close()

    def takes(self, path: str) -> bool:
        """Whether this is an address of a form; what is deeper belongs to others."""
        address, _, rest = path.removeprefix(PREFIX).partition("/")
        return path.startswith(PREFIX) and bool(address) and rest in ("", "thanks")

    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        """One request to an address that `takes` says is one of a form."""
        call = self._call(scope)
        try:
            return await self._answer(scope, receive, call)
        except BadBody as bad:
            return _said(call, bad.status, bad.code, _LARGE if bad.status == 413 else _UNREAD)
        except Gone:
            return problem(400, "body.incomplete", "The body ended before its end.")
        except (Unavailable, psycopg.Error, OSError):
            return _said(call, 503, "log.unavailable", _LATER, (b"retry-after", b"5"))

    def _call(self, scope: Scope) -> _Call:
        caller = self._callers.caller_of(scope)
        query = _asked(scope["query_string"])
        language = (query.get("lang") or [caller.language])[0]
        program = b"application/json" in header(scope, b"accept") or _is_json(scope)
        return _Call(caller, query, language, _tell(language), program)

    async def _answer(self, scope: Scope, receive: Receive, call: _Call) -> Answer:
        address, _, rest = scope["path"].removeprefix(PREFIX).partition("/")
        method = scope["method"]
        if method == "OPTIONS":
            return Answer(204, b"", _CORS)
        if method not in ("GET", "HEAD", "POST") or (rest and method == "POST"):
            return problem(
                405, "method.not_allowed", "A form is read by GET and sent by POST.", (b"allow", b"GET, POST")
            )
        served = await self._served(address)
        domain = await self._hosts.domain_of(scope)
        if served is None or (domain is not None and domain.workspace != served.workspace):
            await _rest(method, receive)
            return _said(call, 404, "form.unknown", _UNKNOWN)
        call = _in_its_language(call, served.definition)
        if rest:
            return _page(200, thanks_page(served.definition, call.language, call.tell))
        if not served.open:
            await _rest(method, receive)
            return _said(call, 410, "form.closed", _GONE)
        if method == "POST":
            return await self._post(scope, receive, call, served)
        return self._get(scope, call, served)

    async def _served(self, address: str, version: int | None = None) -> Served | None:
        if len(address) > _LONGEST_ADDRESS or not (address.isascii() and address.isalnum()):
            return None
        return await self._lookup.find((address, version), (version, address))

    def _get(self, scope: Scope, call: _Call, served: Served) -> Answer:
        issue = self._issue(served, call, source_of(scope, call.query))
        token = seal(self._secret, issue)
        if call.program:
            told = {
                "form": served.address,
                "version": served.version,
                "issue": token,
                "riddle": issue.nonce,
                "work": served.definition.guard.work,
                "definition": served.definition,
            }
            return Answer(200, msgspec.json.encode(told), (_JSON, *_HEADERS, *_CORS))
        values = {
            one.key: [call.query[one.parameter][0]]
            for one in served.definition.fields
            if isinstance(one, Hidden) and call.query.get(one.parameter)
        }
        page = (call.query.get("page") or [""])[0][:PAGE_CHARACTERS]
        shown = Shown(served.definition, served.region, call.language, call.tell, token, issue.nonce, values, page=page)
        cookie = visitor_of(scope, call.caller).header(tls=self._callers.came_by_tls(scope))
        return _page(200, form_page(shown), *([cookie] if cookie else []))

    async def _post(self, scope: Scope, receive: Receive, call: _Call, served: Served) -> Answer:
        waits = self._pace.wait(served.address, call.caller.address, served.definition.guard.per_minute)
        if waits:
            await pass_over(receive)
            said = _flood(waits)
            return _said(call, 429, "form.flood", said, (b"retry-after", str(waits).encode()))
        if not self._room():
            await pass_over(receive)
            return _said(call, 503, "disk.full", _LATER, (b"retry-after", b"60"))
        sent = _sent(scope, await read_body(scope, receive, BODY_BYTES))
        issue = unseal(self._secret, (sent.get(ISSUE) or [""])[0], served.address, time.time())
        if issue is not None and issue.version != served.version:
            older = await self._served(served.address, issue.version)
            served = older if older is not None else served
        language = issue.language if issue else call.language
        call = call._replace(language=language, tell=_tell(language))
        asking = Asking(served.region, language, issue.asked if issue else None)
        found = checked(served.definition, sent, asking)
        if not isinstance(found, Submission):
            return self._again(call, served, issue, sent, problems=found)
        return await self._judged(scope, call, served, issue, sent, found)

    async def _judged(
        self, scope: Scope, call: _Call, served: Served, issue: Issue | None, sent: Mapping[str, Sequence[str]],
        found: Submission,
    ) -> Answer:  # fmt: skip
        answers, now = stands_for(found.answers), time.time()
        verdict = judge(served.definition.guard, issue, sent, answers, now)
        if verdict is not Verdict.FINE or issue is None:
            return self._again(call, served, issue, sent, verdict=verdict, answers=answers)
        if issue.nonce not in self._taken:
            visitor = visitor_of(scope, call.caller)
            page = (sent.get(PAGE) or [""])[0]
            who = [] if visitor.fresh else visitor.claims()
            at = int(now * 1_000_000)
            filled = Filled(served.form, served.digest, at, who, page, call.caller.machine)
            await self._recorder.record(served.workspace, events_of(issue, found, filled), at)
            self._taken.add(issue.nonce)
        return _thanks(call, served)

    def _again(
        self,
        call: _Call,
        served: Served,
        issue: Issue | None,
        sent: Mapping[str, Sequence[str]],
        *,
        problems: Mapping[str, Sentence] | None = None,
        verdict: Verdict = Verdict.FINE,
        answers: str = "",
    ) -> Answer:
        """The page once more, with what was typed."""
        if issue is None or verdict in (Verdict.FORGED, Verdict.OLD):
            issue = self._issue(served, call, issue.source if issue else None)
        if verdict is Verdict.UNCONFIRMED:
            issue = msgspec.structs.replace(issue, confirmed=answers)
        token = seal(self._secret, issue)
        status = 422 if problems else 409
        if call.program:
            code = "form.invalid" if problems else f"form.{verdict.value}"
            said = {key: call.tell(one) for key, one in (problems or {}).items()}
            told: dict[str, Any] = {"success": False, "code": code, "status": status, "issue": token}
            told |= {"errors": said} if problems else {"detail": call.tell(SAID[verdict])}
            return Answer(status, msgspec.json.encode(told), (_JSON, *_HEADERS, *_CORS))
        shown = Shown(
            served.definition, served.region, call.language, call.tell, token, issue.nonce, sent, problems or {},
            SAID.get(verdict), verdict is Verdict.UNCONFIRMED, (sent.get(PAGE) or [""])[0][:PAGE_CHARACTERS],
        )  # fmt: skip
        return _page(200 if verdict is Verdict.UNCONFIRMED else status, form_page(shown))

    def _issue(self, served: Served, call: _Call, source: tuple[str, str, str, str] | None) -> Issue:
        return Issue(served.address, served.version, int(time.time()), nonce(), call.language, source=source)


def _flood(seconds: int) -> Sentence:
    return Sentence(
        "Many answers came from your network just now. Please send yours again in {seconds} seconds.", seconds=seconds
    )


def _in_its_language(call: _Call, definition: Definition) -> _Call:
    """Chinese or English, whichever was asked for; what is neither reads the form's own."""
    asked = call.language.lower()
    language = "zh" if asked.startswith("zh") else "en" if asked.startswith("en") else definition.language
    return call._replace(language=language, tell=_tell(language))


def _tell(language: str) -> Tell:
    translate = translate_into(language)
    return lambda sentence: sentence.told(translate)


def _thanks(call: _Call, served: Served) -> Answer:
    address = served.definition.thanks.address
    if call.program:
        said = {"success": True, "thanks": served.definition.thanks.text.told(call.language), "address": address}
        return Answer(200, msgspec.json.encode(said), (_JSON, *_HEADERS, *_CORS))
    place = address or f"{PREFIX}{served.address}/thanks?lang={call.language}"
    if address:  # browsers hold a policy's form-action against redirects too, so this one says where it goes itself
        return Answer(303, b"", ((b"location", place.encode()), _HEADERS[0]))
    return Answer(303, b"", ((b"location", place.encode()), *_HEADERS))


def _page(status: int, body: bytes, *more: Header) -> Answer:
    return Answer(status, body, (_HTML, *_HEADERS, *more))


def _said(call: _Call, status: int, code: str, sentence: Sentence, *more: Header) -> Answer:
    if call.program:
        return problem(status, code, call.tell(sentence), *more, *_CORS)
    return _page(status, plain_page(sentence, call.language, call.tell), *more)


def _sent(scope: Scope, body: bytes) -> dict[str, list[str]]:
    """What was sent, as texts by name."""
    if not _is_json(scope):
        kind = header(scope, b"content-type").partition(b";")[0].strip().lower()
        if kind != b"application/x-www-form-urlencoded":
            raise BadBody("form.type", "The body is neither a form nor JSON.", 415)
        return _pairs(body)
    try:
        said = msgspec.json.decode(body, type=_Programmed)
    except (msgspec.DecodeError, RecursionError):
        raise BadBody("form.unreadable", "The body is no JSON of a submission.") from None
    texts = {name: _texts(value) for name, value in said.answers.items() if not name.startswith(OWN)}
    return {**texts, ISSUE: [said.issue], "ly_work": [said.work], PAGE: [said.page]}


def _texts(value: Any) -> list[str]:
    match value:
        case None | False:
            return []
        case True:
            return ["yes"]
        case list():
            return value
        case _:
            return [str(value)]


def _pairs(text: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(text.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_NAMES)
    except ValueError:
        raise BadBody("form.unreadable", "The body or the address is no form.") from None


def _is_json(scope: Scope) -> bool:
    return header(scope, b"content-type").partition(b";")[0].strip().lower() == b"application/json"


def _asked(query: bytes) -> dict[str, list[str]]:
    """What the address asks for; nothing where it is no form."""
    try:
        return _pairs(query)
    except BadBody:
        return {}


async def _rest(method: str, receive: Receive) -> None:
    if method == "POST":
        await pass_over(receive)
