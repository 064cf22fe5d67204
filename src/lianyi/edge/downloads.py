"""The file that a form offers, for whoever sent it and holds a pass: an attachment and nothing else, for some hours.

The first byte that goes out is preceded by `file.downloaded` on disk; one pass counts once, however often and in how
many parts it is used.
"""

import time
from pathlib import Path
from urllib.parse import quote

from lianyi.edge.confirming import link_over
from lianyi.edge.form_calls import Call
from lianyi.edge.http import Answer, Header, Scope
from lianyi.edge.lookups import Database, Lookup
from lianyi.edge.recording import Recorder
from lianyi.edge.sending import Streamed, file_answer
from lianyi.edge.submissions import Submissions
from lianyi.edge.visitors import visitor_of
from lianyi.events.intake.own import OwnEvent
from lianyi.foundation.media.looking_up import FIND, Lying, lying_in, place_in
from lianyi.growth.forms.guarding import Taken
from lianyi.growth.forms.passes import PARAMETER, Purpose, read
from lianyi.growth.forms.serving import Served
from lianyi.kernel.ids import digest
from lianyi.kernel.sentences import Sentence

_UNKNOWN = Sentence("This link is not one of ours. Please fill in the form: you will get a new one.")
_OVER = Sentence("This link worked for a while and is over now. Please fill in the form again: you will get a new one.")
_GONE = Sentence("There is no file here any more.")
_HEADERS: tuple[Header, ...] = (
    (b"cache-control", b"private, no-store"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-robots-tag", b"noindex, nofollow"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OF_ENDINGS = {
    ".docx": f"{_OFFICE}wordprocessingml.document",
    ".xlsx": f"{_OFFICE}spreadsheetml.sheet",
    ".pptx": f"{_OFFICE}presentationml.presentation",
}


class Downloads:
    """Answers at `/f/ADDRESS/file`."""

    def __init__(
        self, database: Database, secret: bytes, home: Path, recorder: Recorder, submissions: Submissions
    ) -> None:
        self._secret, self._home, self._recorder, self._submissions = secret, home, recorder, submissions
        self._files: Lookup[Lying] = Lookup(database, FIND, lying_in)
        self._taken = Taken()

    def again(self, call: Call, served: Served) -> str:
        """The address of the file, as the page behind a submission was told of it; "" without a pass that works."""
        token = (call.query.get(PARAMETER) or [""])[0]
        found = read(self._secret, Purpose.DOWNLOAD, token, served.address, time.time())
        if found is None or not found.works or served.definition.download is None:
            return ""
        return f"/f/{served.address}/file?{PARAMETER}={token}&lang={call.language}"

    async def answer(self, scope: Scope, call: Call, served: Served) -> Answer | Streamed:
        """One request."""
        token = (call.query.get(PARAMETER) or [""])[0]
        now = time.time()
        found = read(self._secret, Purpose.DOWNLOAD, token, served.address, now)
        if found is None:
            return link_over(call, served, 404, "form.link_unknown", _UNKNOWN)
        if not found.works:
            return link_over(call, served, 410, "form.link_over", _OVER)
        wanted = served.definition.download
        key = (served.workspace, wanted.media if wanted else 0)
        file = await self._files.find(key, key)
        if file is None:
            return link_over(call, served, 410, "form.file_gone", _GONE)
        number = digest("downloaded", token).hex()
        tag = b'"%s"' % digest("file", file.sha256).hex().encode()  # an address elsewhere may name the content itself
        try:
            told = await file_answer(scope, place_in(self._home, served.workspace, file.sha256), tag, _told_of(file))
        except FileNotFoundError:
            return link_over(call, served, 410, "form.file_gone", _GONE)
        if isinstance(told, Streamed) and not told.bodiless and number not in self._taken:
            try:
                await self._record(scope, call, served, file, found.held.event, number, int(now * 1_000_000))
            except BaseException:
                told.file.close()
                raise
            self._taken.add(number)
        return told

    async def _record(
        self, scope: Scope, call: Call, served: Served, file: Lying, submission: str, number: str, at: int
    ) -> None:
        """It is whoever's the submission is: a link that was handed on makes no two people one."""
        sent = await self._submissions.find(served, submission)
        visitor = visitor_of(scope, call.caller)
        browser = [] if visitor.fresh or served.definition.shared else visitor.claims()
        who = [sent.who] if sent and sent.who else browser
        said = {"form": served.form, "file": file.id, "name": file.name, "submission": submission}
        machine = call.caller.machine
        event = OwnEvent(number, "file.downloaded", at, who, f"form:{served.form}", None, said, None, machine)
        await self._recorder.record(served.workspace, [event], at)


def _told_of(file: Lying) -> tuple[Header, ...]:
    ending = Path(file.name).suffix.lower()
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "_" for sign in file.name)
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    kind = _OF_ENDINGS.get(ending, file.type)
    return (*_HEADERS, (b"content-type", kind.encode()), (b"content-disposition", named.encode()))
