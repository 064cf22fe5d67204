"""Whatever is sent, the answer is no 5xx, and the edge goes on."""

import base64
import gzip
import json
from typing import Any
from urllib.parse import quote_from_bytes

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.edge.edges import Shop, basic

TEXT = st.text(max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
FIELDS = [
    *("type", "event", "messageId", "anonymousId", "userId", "previousId", "groupId", "timestamp", "context"),
    *("properties", "traits", "distinct_id", "original_id", "identities", "time", "_track_id"),
]
VALUES = JSON | st.sampled_from(
    ["track", "identify", "alias", "profile_set", "track_signup", "2026-01-01T00:00:00Z", "0001-01-01", 1e999, "\ud800"]
)
MESSAGE = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=8) | JSON
ENVELOPE = st.fixed_dictionaries(
    {"batch": st.lists(MESSAGE, max_size=5)}, optional={"context": VALUES, "sentAt": VALUES, "writeKey": VALUES}
)
WHOLE = st.one_of(ENVELOPE, MESSAGE, JSON).map(lambda value: json.dumps(value).encode())


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Something like a body, and then often hurt."""
    body = draw(WHOLE | st.binary(max_size=60))
    if draw(st.booleans()):
        at = draw(st.integers(0, len(body)))
        body = body[:at] + draw(st.sampled_from([b"", b"\xff", b"\x00", b"\\", b'"', b"NaN", b"1e999"])) + body[at:]
    wrapping = draw(st.sampled_from(["", "", "gzip", "cut", "form"]))
    if wrapping in ("gzip", "cut"):
        body = gzip.compress(body)
        return body[: len(body) // 2] if wrapping == "cut" else body
    if wrapping == "form":
        return draw(st.sampled_from([b"data=", b"data_list="])) + quote_from_bytes(base64.b64encode(body)).encode()
    return body


PATHS = st.sampled_from(["/v1/batch", "/v1/track", "/v1/identify", "/v1/alias", "/v1/group", "/sa", "/sa.gif"])
VISIBLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20).map(str.strip)


@given(
    path=PATHS,
    body=bodies(),
    query=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="#"), max_size=30),
    encoding=st.sampled_from(["", "", "gzip", "GZIP", "br", "gzip, gzip"]),
    who=st.sampled_from(["header", "header", "none", "odd"]),
    odd=VISIBLE,
)
@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_request_makes_the_door_fail(
    shop: Shop, path: str, body: bytes, query: str, encoding: str, who: str, odd: str
) -> None:
    headers: dict[str, Any] = {"Content-Type": odd or "application/json"}
    if encoding:
        headers["Content-Encoding"] = encoding
    if who != "none":
        headers["Authorization"] = basic(shop.server_key) if who == "header" else odd
    token = f"token={shop.server_key}&" if who == "header" else ""
    said = shop.edge.ask("POST", f"{path}?{token}{query}", body, headers)
    assert said.status < 500, said
    if said.status == 200 and path.startswith("/v1"):
        assert said.json["success"] is True


def test_what_was_taken_of_it_can_be_read(shop: Shop) -> None:
    """The same through the pipeline's eyes: nothing accepted is undecodable."""

    @given(path=PATHS, body=bodies())
    @settings(max_examples=80, deadline=None, derandomize=True)
    def send(path: str, body: bytes) -> None:
        said = shop.post(body, path=f"{path}?token={shop.server_key}")
        assert said.status < 500, said

    send()
    accepted = shop.accepted()
    assert {event.id for event in shop.counted()} == {event.id for event in accepted}
    assert shop.edge.alive()


def test_what_nests_too_deep_to_be_read_is_not_taken(shop: Shop) -> None:
    def nested(levels: int) -> bytes:
        deep = "[" * levels + "]" * levels
        return f'{{"batch":[{{"type":"page","messageId":"m{levels}","userId":"u","context":{{"x":{deep}}}}}]}}'.encode()

    headers = {"Authorization": basic(shop.server_key)}
    said = [shop.edge.ask("POST", "/v1/batch", nested(levels), headers).status for levels in (600, 850, 5_000)]
    assert said == [200, 400, 400]
    assert len(shop.wait_for(1)) == 1
