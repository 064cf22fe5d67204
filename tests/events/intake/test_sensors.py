"""神策's door: what it takes, what it refuses and why, and what it makes of it."""

import base64
import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from lianyi.events.intake import segment, sensors
from lianyi.events.intake.limits import BODY_BYTES, BadBody
from lianyi.events.intake.packing import ids_in, times_in
from lianyi.events.schemas import Claim, Event, Source
from lianyi.kernel.clock import to_micros

NOW = to_micros(datetime(2026, 11, 22, 12, tzinfo=UTC))
KEY = segment.Key(id=7, workspace=1, server=True, group="shop")
BROWSER = segment.Key(id=8, workspace=1, server=False, group="shop")


def call(**fields: Any) -> dict[str, Any]:
    base = {"type": "track", "event": "ViewProduct", "distinct_id": "d1", "time": NOW // 1000 - 60_000, "_track_id": 5}
    return {**base, "properties": {"$lib": "python"}, **fields}


def accept(*calls: dict[str, Any]) -> segment.Accepted:
    return sensors.accept(json.dumps(list(calls)).encode(), KEY, NOW)


def only_event(fields: dict[str, Any], key: segment.Key = KEY) -> Event:
    accepted = sensors.accept(json.dumps(fields).encode(), key, NOW)
    assert (accepted.taken, accepted.refused) == (1, [])
    (raw,) = sensors.raws(accepted.body)
    return sensors.event(
        raw,
        position=0,
        event_id=ids_in(accepted.ids),
        occurred_at=times_in(accepted.ids)[0],
        received_at=NOW,
        key=key,
        signed=lambda *_: False,
    )


def test_data_is_unwrapped_with_and_without_gzip() -> None:
    plain = json.dumps(call()).encode()
    assert sensors.unwrap(base64.b64encode(plain)) == plain
    assert sensors.unwrap(base64.b64encode(gzip.compress(plain))) == plain


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (base64.b64encode(gzip.compress(b"x" * 5_000, mtime=0)[:-9]), "gzip.truncated"),
        (base64.b64encode(b"\x1f\x8b" + b"x" * 50), "gzip.invalid"),
        (base64.b64encode(gzip.compress(b"{}", mtime=0) * 2), "gzip.invalid"),
        (base64.b64encode(gzip.compress(b" " * (BODY_BYTES + 1), mtime=0)), "body.too_large"),
        (b"abcde", "base64.invalid"),
    ],
)
def test_data_that_cannot_be_unwrapped(data: bytes, code: str) -> None:
    with pytest.raises(BadBody) as bad:
        sensors.unwrap(data)
    assert bad.value.code == code


def test_ids_come_from_distinct_id_event_time_and_track_id() -> None:
    first = ids_in(accept(call()).ids)
    assert ids_in(accept(call(properties={"other": 1})).ids) == first
    for change in ({"distinct_id": "d2"}, {"event": "Other"}, {"time": NOW // 1000}, {"_track_id": 6}):
        assert ids_in(accept(call(**change)).ids) != first


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"type": "item_set"}, "type.unknown"),
        ({"event": "a.b"}, "name.reserved"),
        ({"distinct_id": ""}, "who.missing"),
        ({"distinct_id": "x" * 257}, "who.invalid"),
        ({"type": "track_signup"}, "who.missing"),
        ({"time": -5}, "time.range"),
        ({"time": 253402300799000}, "time.future"),
        ({"time": "now"}, "event.invalid"),
        ({"properties": {"a": "x" * 32_000}}, "event.too_large"),
    ],
)
def test_a_bad_call_gets_its_reason_and_its_siblings_are_taken(fields: dict[str, Any], code: str) -> None:
    accepted = accept(call(_track_id=1), call(**fields), call(_track_id=2))
    assert accepted.taken == 2
    assert [(one.place, one.code) for one in accepted.refused] == [(1, code)]


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[1,"])
def test_what_is_no_json_is_refused_whole(data: bytes) -> None:
    with pytest.raises(BadBody):
        sensors.accept(data, KEY, NOW)


def test_a_distinct_id_is_a_cookie_until_it_is_a_login() -> None:
    assert only_event(call()).claims == (Claim("cookie", "shop", "d1", False),)
    assert only_event(call(properties={"$is_login_id": True})).claims == (Claim("user_id", "shop", "d1", True),)
    assert only_event(call(properties={"$is_login_id": True}), BROWSER).claims[0].strong is False


def test_a_signup_links_the_login_to_what_was_anonymous() -> None:
    event = only_event(call(type="track_signup", event="$SignUp", distinct_id="u1", original_id="d1"))
    assert event.name == "person.identified"
    assert event.claims == (Claim("user_id", "shop", "u1", True), Claim("cookie", "shop", "d1", False))


def test_several_identities_come_strongest_first() -> None:
    identities = {
        "$identity_cookie_id": "c",
        "$identity_mobile": "13800138000",
        "$identity_login_id": "u1",
        "mine": "x",
    }
    event = only_event(call(type="track_id_bind", identities=identities))
    assert event.claims == (
        Claim("user_id", "shop", "u1", True),
        Claim("cookie", "shop", "c", False),
        Claim("phone", "", "13800138000", False),
    )


@pytest.mark.parametrize(
    ("kind", "name", "properties", "traits"),
    [
        ("profile_set", "person.identified", {"$name": "王伟", "level": 3}, {"name": "王伟", "level": 3}),
        ("profile_set_once", "trait.set_once", {"first": "a"}, {"first": "a"}),
        ("profile_increment", "trait.incremented", {"visits": 2}, {"visits": 2}),
        ("profile_append", "trait.appended", {"likes": ["x"]}, {"likes": ["x"]}),
        ("profile_unset", "person.identified", {"level": True}, {"level": None}),
        ("profile_delete", "trait.cleared", {}, {}),
    ],
)
def test_profile_calls_state_traits(kind: str, name: str, properties: dict[str, Any], traits: dict[str, Any]) -> None:
    event = only_event(call(type=kind, event=None, properties=properties))
    assert (event.name, event.traits, event.properties) == (name, traits, {})


def test_the_source_is_read_from_utm_and_referrer() -> None:
    utm = {"$utm_source": "Weibo", "$utm_medium": "social", "$utm_campaign": "双11"}
    assert only_event(call(properties=utm)).source == Source("weibo", "social", "双11", "")
    searched = {"$referrer": "https://www.sogou.com/web?q=x", "$url": "https://a.cn/"}
    assert only_event(call(properties=searched)).source == Source("sogou", "organic", "", "")
    assert only_event(call(properties={"$referrer": "直接打开"})).source is None
