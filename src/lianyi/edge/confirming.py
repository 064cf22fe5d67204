"""Where the link of a mail leads by which somebody confirms an address: a page with a button, since scanners of mail
follow links. The button records `form.confirmed`, and what was agreed to for e-mail, before it is answered; pressed
again it counts once.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from lianyi.edge.callers import Callers
from lianyi.edge.form_calls import HEADERS, NO_REFERRER, Call, page_answer, tell_program, texts_of
from lianyi.edge.http import Answer, Header, Receive, Scope, problem, read_body
from lianyi.edge.recording import Recorder
from lianyi.edge.submissions import Submissions
from lianyi.edge.visitors import NOBODY, Visitor, visitor_of
from lianyi.growth.forms.checking import agreed_to
from lianyi.growth.forms.following import Reader, confirm_page, confirmed_page, over_page
from lianyi.growth.forms.passes import PARAMETER, Pass, Purpose, read, write
from lianyi.growth.forms.recording import Confirmed, confirmed_events
from lianyi.growth.forms.serving import Sent, Served
from lianyi.kernel.ids import digest
from lianyi.kernel.sentences import Sentence

BODY_BYTES = 4_000
_UNKNOWN = Sentence("This link is not one of ours. Please open the whole link of the mail.")
_OVER = Sentence(
    "This link worked for a while and is over now. Please fill in the form again: you will get a new mail."
)
_GONE = Sentence("What was sent by this form has been deleted, so there is nothing to confirm.")

Versions = Callable[[str, int | None], Awaitable[Served | None]]  # the form of an address as a version


class Confirming:
    """Answers at `/f/ADDRESS/confirm`."""

    def __init__(self, secret: bytes, recorder: Recorder, submissions: Submissions, callers: Callers) -> None:
        self._secret, self._recorder, self._submissions, self._callers = secret, recorder, submissions, callers

    async def answer(self, scope: Scope, receive: Receive, call: Call, served: Served, versions: Versions) -> Answer:
        """One request."""
        given: Mapping[str, Sequence[str]] = call.query
        if scope["method"] == "POST":
            body = texts_of(scope, await read_body(scope, receive, BODY_BYTES))
            given = body if body.get(PARAMETER) else given
        token = (given.get(PARAMETER) or [""])[0]
        now = time.time()
        found = read(self._secret, Purpose.CONFIRM, token, served.address, now)
        if found is None:
            return link_over(call, served, 404, "form.link_unknown", _UNKNOWN)
        if not found.works:
            return link_over(call, served, 410, "form.link_over", _OVER)
        if scope["method"] != "POST":
            return page_answer(200, confirm_page(reader_of(call, served), token), NO_REFERRER)
        sent = await self._submissions.find(served, found.held.event)
        version = None if sent is None else await versions(served.address, sent.version)
        email = None if sent is None else sent.answers.get(sent.confirm)
        if sent is None or version is None or not isinstance(email, str):
            return link_over(call, served, 410, "form.link_gone", _GONE)
        visitor = NOBODY if version.definition.shared else visitor_of(scope, call.caller)
        await self._record(visitor, version, sent, email, found.held.event, int(now * 1_000_000))
        mark, tls = digest("email", "", email), self._callers.came_by_tls(scope)
        proof = visitor.proof_of(self._secret, served.workspace, mark, tls=tls)
        download = offered(self._secret, call, served, found.held.event, now)
        return _confirmed(call, served, download, *([proof] if proof else []))

    async def _record(self, visitor: Visitor, version: Served, sent: Sent, email: str, event: str, at: int) -> None:
        known = [] if visitor.fresh else visitor.claims()
        who = [("email", "", email, False), *known]
        consents = agreed_to(version.definition, sent.answers, sent.language)
        confirmed = Confirmed(version.form, version.address, version.version, version.digest, event, at, who)
        await self._recorder.record(version.workspace, confirmed_events(confirmed, consents), at)


def _confirmed(call: Call, served: Served, download: str, *more: Header) -> Answer:
    if call.program:
        told = {"success": True, "address": served.definition.thanks.address, "download": download}
        return tell_program(200, told)
    return page_answer(200, confirmed_page(reader_of(call, served), download=download), NO_REFERRER, *more)


def offered(secret: bytes, call: Call, served: Served, event: str, now: float) -> str:
    """The address at which whoever sent this submission gets the form's file, for a while; "" where it has none."""
    wanted = served.definition.download
    if wanted is None:
        return ""
    token = write(secret, Purpose.DOWNLOAD, Pass(served.address, event), int(now) + wanted.hours * 3600)
    return f"/f/{served.address}/file?{PARAMETER}={token}&lang={call.language}"


def link_over(call: Call, served: Served, status: int, code: str, sentence: Sentence) -> Answer:
    """What is said of a link that leads nowhere, with the way back to the form."""
    if call.program:
        return problem(status, code, call.tell(sentence), *HEADERS)
    form = f"/f/{served.address}?lang={call.language}" if served.open else ""
    return page_answer(status, over_page(reader_of(call, served), sentence, form), NO_REFERRER)


def reader_of(call: Call, served: Served) -> Reader:
    """Who reads a page of this form."""
    return Reader(served.definition, call.language, call.tell)
