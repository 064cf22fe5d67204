"""Forms at the edge: the page of a form, and what is sent by it, durable before it is answered.

`/f/ADDRESS` is the page, which takes answers by POST; `/f/ADDRESS/thanks` follows, and `/f/ADDRESS/confirm` is where
the link of a mail leads (`confirming`). Programs ask for JSON and send JSON. What is wrong is said at the fields, and
what was typed is still there; whatever is refused leaves nothing behind.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from lianyi.edge.appender import Unavailable
from lianyi.edge.asking import Knowing
from lianyi.edge.callers import Callers
from lianyi.edge.confirming import Confirming, offered, reader_of
from lianyi.edge.downloads import Downloads
from lianyi.edge.evidence import REFERRER, source_of
from lianyi.edge.form_calls import (
    CORS,
    HEADERS,
    NO_REFERRER,
    Call,
    call_of,
    flood,
    given,
    in_its_language,
    leave,
    page_answer,
    say,
    tell_program,
    teller_in,
)
from lianyi.edge.handing import Files
from lianyi.edge.hosts import Domain, Hosts
from lianyi.edge.http import Answer, Gone, Receive, Scope, pass_over, problem
from lianyi.edge.lookups import Database, Lookup
from lianyi.edge.recording import Recorder
from lianyi.edge.sending import Streamed
from lianyi.edge.submissions import Submissions
from lianyi.edge.visitors import CARRIED, Visitor, visitor_carried, visitor_of
from lianyi.events.intake.limits import BadBody
from lianyi.growth.forms.checking import Asking, checked, next_asked, on_page
from lianyi.growth.forms.following import page_of_ours, thanks_page
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
from lianyi.growth.forms.handing import KEPT
from lianyi.growth.forms.recording import PAGE_CHARACTERS, Filled, events_of, newcomer
from lianyi.growth.forms.rendering import Shown, form_html, form_page
from lianyi.growth.forms.schemas import Handed, Submission, Thanks
from lianyi.growth.forms.serving import OPEN, QUERY, Served, served_in
from lianyi.kernel.sentences import Sentence

PREFIX = "/f/"
_LONGEST_ADDRESS = 40
_DEEPER = {"": ("GET", "HEAD", "POST"), "thanks": ("GET", "HEAD"), "confirm": ("GET", "HEAD", "POST"),
           "file": ("GET", "HEAD")}  # fmt: skip
_GONE = Sentence("This form takes no more answers.")
_UNKNOWN = Sentence("There is no form here.")
# What nobody is told before they have sent the form, and what only members need.
_NOT_YET: dict[str, Any] = {"thanks": Thanks(), "download": None, "notify": ()}
_LATER = Sentence("Your answers could not be kept just now. Please send them again in a moment.")
_LARGE = Sentence("Your answers are too long. Please shorten them.")
_UNREAD = Sentence("Your answers could not be read.")


class Forms:
    """Serves forms. `room` says whether the disk has room for more."""

    def __init__(
        self, database: Database, secret: bytes, recorder: Recorder, callers: Callers, room: Callable[[], bool],
        hosts: Hosts, home: Path,
    ) -> None:  # fmt: skip
        self._secret, self._recorder, self._callers, self._room, self._hosts = secret, recorder, callers, room, hosts
        self._lookup: Lookup[Served] = Lookup(database, QUERY, served_in)
        self._taking: Lookup[Served] = Lookup(database, OPEN, served_in)
        self._pace, self._taken = Pace(), Taken()
        self._files = Files(secret, home)
        self._submissions, self._knowing = Submissions(database), Knowing(database, secret)
        self._confirming = Confirming(secret, recorder, self._submissions, callers)
        self._downloads = Downloads(database, secret, home, recorder, self._submissions)

    def takes(self, path: str) -> bool:
        """Whether this is an address of a form; what is deeper belongs to others."""
        address, _, rest = path.removeprefix(PREFIX).partition("/")
        return path.startswith(PREFIX) and bool(address) and rest in _DEEPER

    async def answer(self, scope: Scope, receive: Receive) -> Answer | Streamed:
        """One request to an address that `takes` says is one of a form."""
        call = call_of(scope, self._callers)
        try:
            return await self._answer(scope, receive, call)
        except BadBody as bad:
            return say(call, bad.status, bad.code, _LARGE if bad.status == 413 else _UNREAD)
        except Gone:
            return problem(400, "body.incomplete", "The body ended before its end.")
        except (Unavailable, psycopg.Error, OSError):
            return say(call, 503, "log.unavailable", _LATER, (b"retry-after", b"5"))

    async def _answer(self, scope: Scope, receive: Receive, call: Call) -> Answer | Streamed:
        address, _, rest = scope["path"].removeprefix(PREFIX).partition("/")
        method = scope["method"]
        if method == "OPTIONS":
            return Answer(204, b"", CORS)
        if method not in _DEEPER[rest]:
            allowed = ", ".join(_DEEPER[rest]).encode()
            return problem(405, "method.not_allowed", "A form is read by GET and sent by POST.", (b"allow", allowed))
        served = await self._served(address)
        domain = await self._hosts.domain_of(scope)
        if served is None or (domain is not None and domain.workspace != served.workspace):
            await leave(method, receive)
            return say(call, 404, "form.unknown", _UNKNOWN)
        call = in_its_language(call, served.definition)
        if rest == "thanks":
            file = self._downloads.again(call, served)
            mailed, in_frame = "mail" in call.query, "frame" in call.query
            back = page_of_ours((call.query.get("from") or [""])[0])
            said = thanks_page(reader_of(call, served), mailed=mailed, download=file, in_frame=in_frame, back=back)
            return page_answer(200, said, NO_REFERRER)
        if rest == "file":
            return await self._downloads.answer(scope, call, served)
        if rest == "confirm":
            return await self._confirming.answer(scope, receive, call, served, self._served)
        if not served.open:
            await leave(method, receive)
            return say(call, 410, "form.closed", _GONE)
        if method == "POST":
            return await self._post(scope, receive, call, served, domain)
        return await self._get(scope, call, served)

    async def _served(self, address: str, version: int | None = None) -> Served | None:
        if len(address) > _LONGEST_ADDRESS or not (address.isascii() and address.isalnum()):
            return None
        return await self._lookup.find((address, version), (version, address))

    async def within(
        self, scope: Scope, workspace: int, form: int, language: str, page: str, *, framed: Visitor | None = None
    ) -> str | None:
        """The form by itself, for the page that it is filled in on, in the page's language; None for one that takes no
        answers. It is sent to its own address, so it is taken whatever becomes of the page meanwhile. `framed` is the
        visitor of a frame on a website.
        """
        served = await self._taking.find((workspace, form), (workspace, form))
        if served is None:
            return None
        call = call_of(scope, self._callers)
        call = call._replace(language=language, tell=teller_in(language))
        asked = await self._knowing.asked(served, framed or visitor_of(scope, call.caller))
        issue = self._issue(served, call, source_of(scope, call.query), asked)
        if framed is not None:
            issue = msgspec.structs.replace(issue, in_frame=True, visitor=framed.value)
        served = served._replace(definition=on_page(served.definition, asked))
        token, values = seal(self._secret, issue), given(call, served.definition)
        shown = Shown(served.definition, served.region, language, call.tell, token, issue.nonce, values, page=page)
        return form_html(shown._replace(action=f"{PREFIX}{served.address}"))

    async def _get(self, scope: Scope, call: Call, served: Served) -> Answer:
        in_frame = REFERRER in call.query  # on a website, whose cookie tells who it is
        carried = (call.query.get(CARRIED) or [""])[0]
        visitor = visitor_carried(scope, call.caller, carried) if in_frame else visitor_of(scope, call.caller)
        asked = await self._knowing.asked(served, visitor)
        issue = self._issue(served, call, source_of(scope, call.query), asked)
        if in_frame:
            issue = msgspec.structs.replace(issue, in_frame=True, visitor=visitor.value)
        served = served._replace(definition=on_page(served.definition, asked))
        token = seal(self._secret, issue)
        if call.program:
            told = {
                "form": served.address,
                "version": served.version,
                "issue": token,
                "riddle": issue.nonce,
                "work": served.definition.guard.work,
                "definition": msgspec.structs.replace(served.definition, **_NOT_YET),
            }
            return tell_program(200, told)
        values = given(call, served.definition)
        page = (call.query.get("page") or [""])[0][:PAGE_CHARACTERS]
        shown = Shown(served.definition, served.region, call.language, call.tell, token, issue.nonce, values, page=page)
        cookie = None if served.definition.shared else visitor.header(tls=self._callers.came_by_tls(scope))
        return page_answer(200, form_page(shown), *([cookie] if cookie else []))

    async def _post(self, scope: Scope, receive: Receive, call: Call, served: Served, domain: Domain | None) -> Answer:
        waits = self._pace.wait(served.address, call.caller.address, served.definition.guard.per_minute)
        if waits:
            await pass_over(receive)
            return say(call, 429, "form.flood", flood(waits), (b"retry-after", str(waits).encode()))
        if not self._room():
            await pass_over(receive)
            return say(call, 503, "disk.full", _LATER, (b"retry-after", b"60"))
        came = await self._files.read(scope, receive, served)
        sent = came.texts
        issue = unseal(self._secret, (sent.get(ISSUE) or [""])[0], served.address, time.time())
        if issue is not None and issue.version != served.version:
            older = await self._served(served.address, issue.version)
            served = older if older is not None else served
        language = issue.language if issue else call.language
        call = call._replace(language=language, tell=teller_in(language))
        asking = Asking(served.region, language, issue.asked if issue else None)
        handed = await self._files.handed(served, issue, came)
        found = checked(served.definition, sent, asking, handed)
        wrong = () if isinstance(found, Submission) else found
        await self._files.put(served, came, handed, wrong)
        if not isinstance(found, Submission):
            return self._again(call, served, issue, sent, handed, problems=found)
        return await self._judged(scope, call, served, domain, issue, sent, handed, found)

    async def _judged(
        self, scope: Scope, call: Call, served: Served, domain: Domain | None, issue: Issue | None,
        sent: Mapping[str, Sequence[str]], handed: Mapping[str, Handed], found: Submission,
    ) -> Answer:  # fmt: skip
        answers, now = stands_for(found.answers), time.time()
        verdict = judge(served.definition.guard, issue, sent, answers, now)
        if verdict is not Verdict.FINE or issue is None:
            return self._again(call, served, issue, sent, handed, verdict=verdict, answers=answers)
        if issue.nonce not in self._taken:
            visitor = Visitor(issue.visitor, fresh=False) if issue.in_frame else visitor_of(scope, call.caller)
            page = (sent.get(PAGE) or [""])[0]
            who = [] if visitor.fresh else visitor.claims()
            if served.definition.shared:
                who = newcomer(issue) if visitor.value else []
            at = int(now * 1_000_000)
            filled = Filled(
                served.form, served.digest, at, who, page, call.caller.machine,
                host="" if domain is None else domain.host,
                confirm=wanted.field if (wanted := served.definition.double_opt_in) else "",
            )  # fmt: skip
            await self._recorder.record(served.workspace, events_of(issue, found, filled), at)
            self._taken.add(issue.nonce)
        back = page_of_ours((sent.get(PAGE) or [""])[0])
        return _thanks(call, served, found, issue, back, offered(self._secret, call, served, issue.event_id, now))

    def _again(
        self,
        call: Call,
        served: Served,
        issue: Issue | None,
        sent: Mapping[str, Sequence[str]],
        handed: Mapping[str, Handed],
        *,
        problems: Mapping[str, Sentence] | None = None,
        verdict: Verdict = Verdict.FINE,
        answers: str = "",
    ) -> Answer:
        """The page once more, with what was typed."""
        if issue is None or verdict in (Verdict.FORGED, Verdict.OLD):
            before = issue
            asked = before.asked if before else next_asked(served.definition, ())
            issue = self._issue(served, call, before.source if before else None, asked)
            if before is not None:
                issue = msgspec.structs.replace(issue, in_frame=before.in_frame, visitor=before.visitor)
        if verdict is Verdict.UNCONFIRMED:
            issue = msgspec.structs.replace(issue, confirmed=answers)
        token = seal(self._secret, issue)
        definition = on_page(served.definition, issue.asked)
        carried = self._files.carried(served, issue, handed, problems or ())
        status = 422 if problems else 409
        if call.program:
            code = "form.invalid" if problems else f"form.{verdict.value}"
            said = {key: call.tell(one) for key, one in (problems or {}).items()}
            told: dict[str, Any] = {"success": False, "code": code, "status": status, "issue": token}
            told |= {"kept": {KEPT + key: word for key, (_, word) in carried.items()}} if carried else {}
            told |= {"errors": said} if problems else {"detail": call.tell(SAID[verdict])}
            return tell_program(status, told)
        shown = Shown(
            definition, served.region, call.language, call.tell, token, issue.nonce, sent, problems or {},
            SAID.get(verdict), verdict is Verdict.UNCONFIRMED, (sent.get(PAGE) or [""])[0][:PAGE_CHARACTERS],
            kept=carried,
        )  # fmt: skip
        return page_answer(200 if verdict is Verdict.UNCONFIRMED else status, form_page(shown))

    def _issue(
        self, served: Served, call: Call, source: tuple[str, str, str, str] | None, asked: tuple[str, ...]
    ) -> Issue:
        return Issue(served.address, served.version, int(time.time()), nonce(), call.language, asked, source)


def _thanks(call: Call, served: Served, found: Submission, issue: Issue, back: str, download: str) -> Answer:
    """On to the page that follows. It is of our own: browsers hold the policy's form-action against redirects too, so
    what lies elsewhere is reached from there.
    """
    definition = served.definition
    wanted = definition.double_opt_in
    mailed = wanted is not None and wanted.field in found.answers
    if wanted is not None:
        download = ""
    if call.program:
        thanks = definition.thanks
        said = {"success": True, "thanks": thanks.text.told(call.language), "address": thanks.address}
        return tell_program(200, {**said, "confirm": mailed, "download": download})
    place = f"{PREFIX}{served.address}/thanks?lang={call.language}{'&mail=1' if mailed else ''}"
    if download:
        place = download.replace("/file?", "/thanks?")
    if issue.in_frame:
        place += "&frame=1"
    elif back:
        place += f"&from={back}"
    return Answer(303, b"", ((b"location", place.encode()), *HEADERS))
