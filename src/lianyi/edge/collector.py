"""The collector: Segment's HTTP API and 神策's, judged, appended to the log, and answered when that is on disk."""

import base64
import binascii
import time
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qs

import msgspec
import psycopg

from lianyi.edge.appender import Appender, Unavailable
from lianyi.edge.http import JSON, Answer, Gone, Header, Receive, Scope, header, pass_over, problem, read_body
from lianyi.edge.keyring import Keyring
from lianyi.events.intake import segment, sensors
from lianyi.events.intake.gzips import gunzip
from lianyi.events.intake.limits import Accepted, BadBody
from lianyi.events.intake.senders import Key
from lianyi.events.log.appending import NewRow, day_of

CALLS = {f"/v1/{kind}": f"segment:{kind}" for kind in ("identify", "track", "page", "screen", "group", "alias")}
CALLS |= {"/v1/batch": "segment", "/v1/import": "segment"}

CORS: tuple[Header, ...] = ((b"access-control-allow-origin", b"*"),)
PREFLIGHT = Answer(
    204,
    b"",
    (
        *CORS,
        (b"access-control-allow-methods", b"POST, GET"),
        (b"access-control-allow-headers", b"authorization, content-type, content-encoding"),
        (b"access-control-max-age", b"86400"),
    ),
)
TAKEN = Answer(200, b'{"success":true}', (JSON, *CORS))
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
CHALLENGE: tuple[Header, ...] = ((b"www-authenticate", b"Basic"),)
RETRY: Header = (b"retry-after", b"5")


class Collector:
    """Takes events. `room` says whether the disk has room for more."""

    def __init__(self, appender: Appender, keyring: Keyring, room: Callable[[], bool]) -> None:
        self._appender = appender
        self._keyring = keyring
        self._room = room

    async def segment(self, scope: Scope, receive: Receive, form: str) -> Answer:
        """One call of Segment's HTTP API."""
        if scope["method"] == "OPTIONS":
            return PREFLIGHT
        if scope["method"] != "POST":
            return problem(405, "method.not_allowed", "Events are sent by POST.", (b"allow", b"POST, OPTIONS"), *CORS)
        return await self._answered(receive, self._segment(scope, receive, form))

    async def sensors(self, scope: Scope, receive: Receive) -> Answer:
        """One call of 神策's protocol, `/sa` or `/sa.gif`."""
        if scope["method"] == "OPTIONS":
            return PREFLIGHT
        if scope["method"] not in ("GET", "POST"):
            return problem(
                405,
                "method.not_allowed",
                "Events are sent by POST or GET.",
                (b"allow", b"GET, POST, OPTIONS"),
                *CORS,
            )
        return await self._answered(receive, self._sensors(scope, receive))

    async def _answered(self, receive: Receive, work: Coroutine[Any, Any, Answer]) -> Answer:
        try:
            if not self._room():
                work.close()
                await pass_over(receive)
                return problem(503, "disk.full", "The disk is nearly full; send it again later.", RETRY, *CORS)
            answer = await work
        except BadBody as bad:
            return problem(bad.status, bad.code, bad.sentence, *CORS)
        except Gone:
            return problem(400, "body.incomplete", "The body ended before its end.", *CORS)
        except (Unavailable, psycopg.Error, OSError):
            return problem(503, "log.unavailable", "The log does not answer; send it again later.", RETRY, *CORS)
        return answer

    async def _segment(self, scope: Scope, receive: Receive, form: str) -> Answer:
        body = await _plain(scope, receive)
        authorization = header(scope, b"authorization")
        secret = _basic(authorization) if authorization else segment.write_key_in(body)
        found = await self._keyring.find(secret) if secret else None
        if found is None:
            # Without the challenge where the body may hold the key: a browser would ask its user for a password.
            challenge = CHALLENGE if authorization or secret is None else ()
            return problem(401, "key.unknown", "The write key is missing, unknown or revoked.", *challenge, *CORS)
        key = found[0]
        if key.server and not authorization:
            return problem(
                401,
                "key.exposed",
                "A server key belongs into the Authorization header, not into a body.",
                *CORS,
            )
        received_at = time.time_ns() // 1000
        accepted = segment.accept(body, form, key, received_at)
        return await self._append(key, form, received_at, accepted, TAKEN)

    async def _sensors(self, scope: Scope, receive: Receive) -> Answer:
        query = fields = _form(scope["query_string"])
        if scope["method"] == "POST":
            fields = _form(await _plain(scope, receive))
        token = (query.get("token") or fields.get("token") or [""])[0]
        project = (query.get("project") or [""])[0].replace("_", "-")  # clients take no dash in it
        found = await self._keyring.find(token) if token else None
        if found is None or (project and project != found[1].replace("_", "-")):
            return problem(401, "key.unknown", "The token is no write key of this project.", *CORS)
        data = (fields.get("data_list") or fields.get("data") or [""])[0]
        if not data:
            raise BadBody("data.missing", "The call has neither data nor data_list.")
        plain = sensors.unwrap(data.replace(" ", "+").encode())  # a plus that a sender left as it was reads as a space
        received_at = time.time_ns() // 1000
        accepted = sensors.accept(plain, found[0], received_at)
        gif = scope["method"] == "GET" or scope["path"].endswith(".gif")
        taken = Answer(200, PIXEL, ((b"content-type", b"image/gif"), *CORS)) if gif else Answer(200, b"", CORS)
        return await self._append(found[0], "sensors", received_at, accepted, taken)

    async def _append(self, key: Key, form: str, received_at: int, accepted: Accepted, taken: Answer) -> Answer:
        if accepted.taken or accepted.refused:
            row = NewRow(
                day_of(received_at),
                key.workspace,
                key.id,
                form,
                received_at,
                accepted.taken,
                accepted.ids,
                accepted.body,
            )
            await self._appender.append(row)
        if not accepted.refused:
            return taken
        refused = [{"index": one.place, "code": one.code, "detail": one.sentence} for one in accepted.refused]
        told = {"success": accepted.taken > 0, "accepted": accepted.taken, "refused": refused}
        return Answer(200 if accepted.taken else 400, msgspec.json.encode(told), (JSON, *CORS))


async def _plain(scope: Scope, receive: Receive) -> bytes:
    """The whole body, unpacked."""
    body = await read_body(scope, receive)
    encoding = header(scope, b"content-encoding").lower()
    if encoding == b"gzip":
        return gunzip(body)
    if encoding not in (b"", b"identity"):
        raise BadBody("encoding.unknown", "The body's encoding is neither plain nor gzip.", 415)
    return body


def _form(text: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(text.decode("latin-1"), max_num_fields=50)
    except ValueError:
        raise BadBody("form.invalid", "The body or the address is no form.") from None


def _basic(authorization: bytes) -> str | None:
    """The user name of a Basic header, which is where Segment's clients put the write key."""
    scheme, _, coded = authorization.partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        return base64.b64decode(coded, validate=True).decode().partition(":")[0] or None
    except (binascii.Error, ValueError):
        return None
