"""Gatherings at the edge: the page of one, registering for it, and tickets; what happens is durable before it is
answered.

`/g/SLUG` is the page, which takes answers by POST; `/g/SLUG/t/TICKET` is a ticket, with `/calendar.ics` beneath it and
`/cancel`, which asks for POST. Programs ask for JSON and send JSON.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import psycopg

from lianyi.edge.appender import Unavailable
from lianyi.edge.callers import Callers, site_of
from lianyi.edge.evidence import source_of
from lianyi.edge.form_calls import HTML, Call, call_of, flood, given, in_its_language, leave, teller_in, texts_of
from lianyi.edge.hosts import Hosts
from lianyi.edge.http import JSON, Answer, Gone, Header, Receive, Scope, pass_over, problem, read_body
from lianyi.edge.lookups import Database, Lookup
from lianyi.edge.recording import Recorder
from lianyi.edge.visitors import visitor_of
from lianyi.events.intake.limits import BadBody
from lianyi.growth.forms.checking import Asking, checked
from lianyi.growth.forms.guarding import (
    ISSUE,
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
from lianyi.growth.forms.rendering import Shown
from lianyi.growth.forms.schemas import Submission
from lianyi.growth.gatherings.calendars import MEDIA_TYPE, calendar_file
from lianyi.growth.gatherings.reading import times_of
from lianyi.growth.gatherings.recording import Filled, about, cancelled, issue_name, registered
from lianyi.growth.gatherings.rendering import POLICY, Facts, gathering_page, plain_page, ticket_page
from lianyi.growth.gatherings.seats import Seat
from lianyi.growth.gatherings.serving import QUERY, TICKET, Held, Served, held_in, served_in
from lianyi.growth.gatherings.tickets import ticket_for, ticket_in
from lianyi.kernel.sentences import Sentence

CHANGES_WITHIN = 2.0  # seconds until what is published is seen everywhere
BODY_BYTES = 200_000
_PATH = re.compile(r"/g/([a-z0-9-]{1,60})(?:/t/([\w.-]{1,300})(/calendar\.ics|/cancel)?)?", re.ASCII)
_HEADERS: tuple[Header, ...] = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
)
_OPEN: tuple[Header, ...] = ((b"referrer-policy", b"strict-origin-when-cross-origin"),)
_SECRET: tuple[Header, ...] = ((b"referrer-policy", b"no-referrer"),)  # of a page whose address is a ticket
_UNKNOWN = Sentence("There is no gathering here.")
_NO_TICKET = Sentence("This is no ticket of this gathering.")
_CLOSED, _CALLED_OFF = Sentence("Registration is closed."), Sentence("This is called off.")
_LATER = Sentence("This could not be kept just now. Please send it again in a moment.")
_LARGE, _UNREAD = Sentence("Your answers are too long. Please shorten them."), Sentence("This could not be read.")
_CAME = Sentence("Who has been checked in is not cancelled any more.")


class Gatherings:
    """Serves gatherings. `room` says whether the disk has room for more."""

    def __init__(
        self, database: Database, secret: bytes, recorder: Recorder, callers: Callers, room: Callable[[], bool],
        hosts: Hosts,
    ) -> None:  # fmt: skip
        self._secret, self._recorder, self._callers, self._room, self._hosts = secret, recorder, callers, room, hosts
        self._lookup: Lookup[Served] = Lookup(database, QUERY, served_in, good_for=CHANGES_WITHIN)
        self._tickets: Lookup[Held] = Lookup(database, TICKET, held_in, good_for=1.0, bad_for=0.5)
        self._pace, self._taken, self._left = Pace(), Taken(), Taken()

    def takes(self, path: str) -> bool:
        """Whether this is an address of a gathering or a ticket."""
        return path.startswith("/g/") and _PATH.fullmatch(path) is not None

    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        """One request to an address that `takes` says is one of a gathering."""
        call = call_of(scope, self._callers)
        try:
            return await self._answer(scope, receive, call)
        except BadBody as bad:
            return _said(call, bad.status, bad.code, _LARGE if bad.status == 413 else _UNREAD)
        except Gone:
            return problem(400, "body.incomplete", "The body ended before its end.")
        except (Unavailable, psycopg.Error, OSError):
            return _said(call, 503, "log.unavailable", _LATER, None, (b"retry-after", b"5"))

    async def _answer(self, scope: Scope, receive: Receive, call: Call) -> Answer:
        found = _PATH.fullmatch(scope["path"])
        assert found is not None  # `takes` has said so
        slug, token, act = found.groups()
        method = scope["method"]
        posts = not token or act == "/cancel"
        if method not in ("GET", "HEAD", "POST") or (method == "POST" and not posts):
            allow: Header = (b"allow", b"GET, POST" if posts else b"GET")
            return problem(405, "method.not_allowed", "A gathering is read by GET and sent by POST.", allow)
        served = await self._served(slug)
        domain = await self._hosts.domain_of(scope)
        if served is None or (domain is not None and domain.workspace != served.workspace):
            await leave(method, receive)
            return _said(call, 404, "gathering.unknown", _UNKNOWN)
        call = in_its_language(call, served.definition.form)
        if token:
            await leave(method, receive)
            return await self._ticket(scope, call, served, token, act or "")
        facts = self._facts(scope, call, served)
        is_open = served.open and facts.now < times_of(served.definition).closes
        if method == "POST" and is_open:
            return await self._post(scope, receive, call, served)
        if method == "POST":
            await leave(method, receive)
            code, said = ("called_off", _CALLED_OFF) if served.called_off else ("closed", _CLOSED)
            return _said(call, 410, f"gathering.{code}", said, facts)
        return self._get(scope, call, served, facts) if is_open else _page(200, gathering_page(facts, None), *_OPEN)

    async def _served(self, slug: str, version: int | None = None) -> Served | None:
        return await self._lookup.find((slug, version), (version, slug))

    def _facts(self, scope: Scope, call: Call, served: Served) -> Facts:
        return Facts(served, call.language, call.tell, site_of(scope, self._callers), time.time_ns() // 1_000)

    def _get(self, scope: Scope, call: Call, served: Served, facts: Facts) -> Answer:
        issue = self._issue(served, call, source_of(scope, call.query))
        token = seal(self._secret, issue)
        if call.program:
            told = {
                "gathering": served.slug,
                "version": served.version,
                "issue": token,
                "riddle": issue.nonce,
                "work": served.definition.guard.work,
                "free": served.free,
                "definition": msgspec.structs.replace(served.definition, online=""),
            }
            return Answer(200, msgspec.json.encode(told), (JSON, *_HEADERS, *_OPEN))
        values = given(call, served.definition.form)
        form = Shown(served.definition.form, served.region, call.language, call.tell, token, issue.nonce, values)
        cookie = visitor_of(scope, call.caller).header(tls=self._callers.came_by_tls(scope))
        return _page(200, gathering_page(facts, form), *_OPEN, *([cookie] if cookie else []))

    async def _post(self, scope: Scope, receive: Receive, call: Call, served: Served) -> Answer:
        waits = self._pace.wait(served.slug, call.caller.address, served.definition.guard.per_minute)
        if waits:
            await pass_over(receive)
            return _said(call, 429, "gathering.flood", flood(waits), None, (b"retry-after", str(waits).encode()))
        if not self._room():
            await pass_over(receive)
            return _said(call, 503, "disk.full", _LATER, None, (b"retry-after", b"60"))
        sent = texts_of(scope, await read_body(scope, receive, BODY_BYTES))
        issue = unseal(self._secret, (sent.get(ISSUE) or [""])[0], issue_name(served.gathering), time.time())
        if issue is not None and issue.version != served.version:
            served = await self._served(served.slug, issue.version) or served
        language = issue.language if issue else call.language
        call = call._replace(language=language, tell=teller_in(language))
        found = checked(served.definition.form, sent, Asking(served.region, language))
        if not isinstance(found, Submission):
            return self._again(scope, call, served, issue, sent, problems=found)
        answers, now = stands_for(found.answers), time.time()
        verdict = judge(served.definition.guard, issue, sent, answers, now)
        if verdict is not Verdict.FINE or issue is None:
            return self._again(scope, call, served, issue, sent, verdict=verdict, answers=answers)
        if issue.nonce not in self._taken:
            await self._record(scope, call, served, issue, found, int(now * 1_000_000))
            self._taken.add(issue.nonce)
        return self._registered(call, served, issue)

    async def _record(self, scope: Scope, call: Call, served: Served, issue: Issue, found: Submission, at: int) -> None:
        visitor = visitor_of(scope, call.caller)
        who = [] if visitor.fresh else visitor.claims()
        filled = Filled(
            about(served.gathering, served.definition), served.slug, served.digest, at, who, call.caller.machine
        )
        await self._recorder.record(served.workspace, registered(issue, found, filled), at)

    def _registered(self, call: Call, served: Served, issue: Issue) -> Answer:
        token = ticket_for(self._secret, served.gathering, bytes.fromhex(issue.event_id))
        place = f"/g/{served.slug}/t/{token}"
        if call.program:
            said = {"success": True, "ticket": token, "address": place}
            return Answer(200, msgspec.json.encode(said), (JSON, *_HEADERS, *_SECRET))
        return Answer(303, b"", ((b"location", f"{place}?lang={call.language}".encode()), *_HEADERS, *_SECRET))

    def _again(
        self,
        scope: Scope,
        call: Call,
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
            code = "gathering.invalid" if problems else f"gathering.{verdict.value}"
            said = {key: call.tell(one) for key, one in (problems or {}).items()}
            told: dict[str, Any] = {"success": False, "code": code, "status": status, "issue": token}
            told |= {"errors": said} if problems else {"detail": call.tell(SAID[verdict])}
            return Answer(status, msgspec.json.encode(told), (JSON, *_HEADERS, *_OPEN))
        shown = Shown(
            served.definition.form, served.region, call.language, call.tell, token, issue.nonce, sent, problems or {},
            SAID.get(verdict), verdict is Verdict.UNCONFIRMED,
        )  # fmt: skip
        body = gathering_page(self._facts(scope, call, served), shown)
        return _page(200 if verdict is Verdict.UNCONFIRMED else status, body, *_OPEN)

    async def _ticket(self, scope: Scope, call: Call, served: Served, token: str, act: str) -> Answer:
        facts = self._facts(scope, call, served)
        if scope["method"] == "POST":
            waits = self._pace.wait(f"{served.slug}/t", call.caller.address, served.definition.guard.per_minute)
            if waits:
                return _said(call, 429, "ticket.flood", flood(waits), None, (b"retry-after", str(waits).encode()))
        ticket = ticket_in(self._secret, token, time.time())
        if ticket is None or ticket.gathering != served.gathering:
            return _said(call, 404, "ticket.unknown", _NO_TICKET, facts)
        wanted = ticket.registration
        held = await self._tickets.find(wanted, (served.workspace, served.gathering, wanted))
        place = f"/g/{served.slug}/t/{token}"
        if act == "/cancel" and scope["method"] == "POST":
            if held is not None and held.came_at is not None:
                return _said(call, 409, "gathering.came", _CAME, facts)
            at, origin = facts.now, f"gathering:{served.gathering}"
            event = cancelled(about(served.gathering, served.definition), wanted, held.who if held else [], origin, at)
            await self._recorder.record(served.workspace, [event], at)
            self._left.add(wanted.hex())
            return Answer(303, b"", ((b"location", f"{place}?lang={call.language}".encode()), *_HEADERS, *_SECRET))
        if held is not None and held.came_at is None and wanted.hex() in self._left:
            held = held._replace(seat=Seat.CANCELLED)
        if act == "/calendar.ics":
            return _calendar(facts, held, f"{facts.site}{place}")
        if call.program:
            told = {"seat": held.seat if held else None, "came_at": held.came_at if held else None}
            return Answer(200, msgspec.json.encode(told), (JSON, *_HEADERS, *_SECRET))
        return _page(200, ticket_page(facts, token, held), *_SECRET)

    def _issue(self, served: Served, call: Call, source: tuple[str, str, str, str] | None) -> Issue:
        return Issue(
            issue_name(served.gathering), served.version, int(time.time()), nonce(), call.language, source=source
        )


def _calendar(facts: Facts, held: Held | None, address: str) -> Answer:
    served = facts.served
    body = calendar_file(
        served.workspace, served.gathering, served.version, served.published_at, served.definition, facts.language,
        address, seated=held is not None and held.seat is Seat.SEATED and not served.called_off,
        called_off=served.called_off,
    )  # fmt: skip
    attached = f'attachment; filename="{served.slug}.ics"'.encode()
    return Answer(
        200, body, ((b"content-type", MEDIA_TYPE.encode()), (b"content-disposition", attached), *_HEADERS, *_SECRET)
    )


def _page(status: int, body: bytes, *more: Header) -> Answer:
    return Answer(status, body, (HTML, *_HEADERS, *more))


def _said(call: Call, status: int, code: str, sentence: Sentence, facts: Facts | None = None, *more: Header) -> Answer:
    if call.program:
        return problem(status, code, call.tell(sentence), *more)
    return _page(status, plain_page(facts, sentence, call.language, call.tell), *more)
