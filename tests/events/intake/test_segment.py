"""The Segment door: what it takes, what it refuses and why, and what it makes of it."""

import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from lianyi.events.intake import segment
from lianyi.events.intake.clicks import click_mark
from lianyi.events.intake.limits import AHEAD, BadBody
from lianyi.events.intake.packing import ids_in, times_in
from lianyi.events.schemas import Claim, Event, Source
from lianyi.kernel.clock import DAY, to_micros

NOW = to_micros(datetime(2026, 11, 22, 12, tzinfo=UTC))
SERVER = segment.Key(id=7, workspace=1, server=True, group="shop")
BROWSER = segment.Key(id=8, workspace=1, server=False, group="shop")
SIGNED = segment.signature_check(b"secret of the installation")


def message(**fields: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "Product Viewed",
        "messageId": "m1",
        "anonymousId": "a1",
        "timestamp": "2026-11-22T11:59:00.250Z",
        "properties": {"sku": "A"},
        **fields,
    }


def body(*messages: dict[str, Any], **outside: Any) -> bytes:
    return json.dumps({"batch": list(messages), **outside}).encode()


def accept(*messages: dict[str, Any], key: segment.Key = SERVER, **outside: Any) -> segment.Accepted:
    return segment.accept(body(*messages, **outside), "segment", key, NOW)


def only_event(data: bytes, key: segment.Key = SERVER, form: str = "segment") -> Event:
    accepted = segment.accept(data, form, key, NOW)
    assert (accepted.taken, accepted.refused) == (1, [])
    (raw,) = segment.raws(accepted.body, form)
    event_id, occurred_at = ids_in(accepted.ids), times_in(accepted.ids)[0]
    return segment.event(
        raw, position=0, event_id=event_id, occurred_at=occurred_at, received_at=NOW, key=key, signed=SIGNED
    )


def refusals(*messages: dict[str, Any], **outside: Any) -> list[tuple[int, str]]:
    accepted = accept(*messages, **outside)
    assert accepted.taken == len(messages) - len(accepted.refused)
    return [(refusal.place, refusal.code) for refusal in accepted.refused]


def test_an_ordinary_batch_is_taken_with_ids_and_times() -> None:
    accepted = accept(message(), message(messageId="m2"))
    assert accepted.taken == 2
    assert list(times_in(accepted.ids)) == [to_micros(datetime(2026, 11, 22, 11, 59, 0, 250_000, UTC))] * 2
    first, second = ids_in(accepted.ids)[:16], ids_in(accepted.ids)[16:]
    assert first != second
    assert ids_in(accept(message()).ids) == first


def test_the_same_message_id_by_another_key_is_another_event() -> None:
    assert ids_in(accept(message()).ids) != ids_in(accept(message(), key=BROWSER).ids)


def test_fast_and_slow_path_agree_on_ids_and_times() -> None:
    plain, numbered = message(), message(userId=5)
    fast = segment._accept_plain(body(plain), (7).to_bytes(8, "little"), NOW)
    assert fast is not None
    assert segment._accept_plain(body(numbered), (7).to_bytes(8, "little"), NOW) is None
    assert accept(numbered).ids == fast.ids


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"type": "tracks"}, "type.unknown"),
        ({"type": 3}, "event.invalid"),
        ({"event": ""}, "name.invalid"),
        ({"event": "  "}, "name.invalid"),
        ({"event": None}, "name.invalid"),
        ({"event": "x" * 201}, "name.invalid"),
        ({"event": "a\x00b"}, "name.invalid"),
        ({"event": "segment.entered"}, "name.reserved"),
        ({"anonymousId": None}, "who.missing"),
        ({"anonymousId": ""}, "who.missing"),
        ({"anonymousId": "x" * 257}, "who.invalid"),
        ({"userId": "x\x00"}, "who.invalid"),
        ({"userId": 10**256}, "who.invalid"),
        ({"messageId": "x" * 257}, "who.invalid"),
        ({"type": "alias", "userId": "u"}, "who.missing"),
        ({"timestamp": "0001-01-01T00:00:00Z"}, "time.range"),
        ({"timestamp": "9999-12-31T23:59:59Z"}, "time.future"),
        ({"timestamp": "yesterday"}, "event.invalid"),
        ({"timestamp": "1969-12-31T23:59:59Z"}, "time.range"),
        ({"properties": {"a": "x" * 32_000}}, "event.too_large"),
        ({"properties": [1]}, "event.invalid"),
    ],
)
def test_a_bad_event_gets_its_reason_and_its_siblings_are_taken(fields: dict[str, Any], code: str) -> None:
    assert refusals(message(messageId="m0"), message(**fields), message(messageId="m2")) == [(1, code)]


def test_deep_events_are_refused_shallow_ones_with_many_parts_are_not() -> None:
    deep: Any = 1
    for _ in range(17):
        deep = [deep]
    assert refusals(message(properties={"a": deep})) == [(0, "event.too_deep")]
    assert refusals(message(properties={"a": deep[0]})) == []
    assert refusals(message(properties={"products": [{"sku": str(i)} for i in range(50)]})) == []


def test_nesting_beyond_any_stack_is_a_clear_answer() -> None:
    data = b'{"batch":[' + b"[" * 200_000 + b"]" * 200_000 + b"]}"
    with pytest.raises(BadBody) as bad:
        segment.accept(data, "segment", SERVER, NOW)
    assert bad.value.code in ("json.invalid", "event.too_deep")


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b'{"batch":3}', b'{"batch":[{"type":"\xff\xfe"}]}', b"\x00\x01", b'{"a":1}'],
)
def test_what_is_no_batch_is_refused_whole(data: bytes) -> None:
    with pytest.raises(BadBody) as bad:
        segment.accept(data, "segment", SERVER, NOW)
    assert (bad.value.code, bad.value.status) == ("json.invalid", 400)


def test_a_number_that_json_has_not_costs_only_its_own_event() -> None:
    data = body(message(), message(messageId="m2", properties={"price": float("nan")}))
    assert b"NaN" in data
    accepted = segment.accept(data, "segment", SERVER, NOW)
    assert (accepted.taken, [(one.place, one.code) for one in accepted.refused]) == (1, [(1, "event.invalid")])
    assert len(segment.raws(accepted.body, "segment")) == 2


def test_a_lone_surrogate_costs_only_its_own_event() -> None:
    data = body(message(), message(messageId="m2", properties={"a": "\ud800"}))
    accepted = segment.accept(data, "segment", SERVER, NOW)
    assert (accepted.taken, [one.place for one in accepted.refused]) == (1, [1])


def test_the_last_of_duplicate_keys_counts() -> None:
    data = b'{"batch":[{"type":"track","event":"A","event":"B","anonymousId":"a","messageId":"m"}]}'
    assert only_event(data).name == "B"


def test_a_clock_slightly_ahead_is_set_back_and_one_far_ahead_is_corrected_or_refused() -> None:
    soon = datetime.fromtimestamp((NOW + AHEAD // 2) / 1e6, UTC).isoformat()
    assert only_event(body(message(timestamp=soon))).occurred_at == NOW
    ahead = datetime.fromtimestamp((NOW + 3 * DAY) / 1e6, UTC).isoformat()
    assert refusals(message(timestamp=ahead)) == [(0, "time.future")]
    minute_before = datetime.fromtimestamp((NOW + 3 * DAY - 60_000_000) / 1e6, UTC).isoformat()
    corrected = only_event(body(message(timestamp=minute_before), sentAt=ahead))
    assert corrected.occurred_at == NOW - 60_000_000


def test_an_event_without_a_time_happened_when_it_came() -> None:
    fields = message()
    del fields["timestamp"]
    assert only_event(body(fields)).occurred_at == NOW


def test_without_a_message_id_every_receipt_counts() -> None:
    fields = message()
    del fields["messageId"]
    ids = ids_in(accept(fields, fields).ids)
    assert ids[:16] != ids[16:]


def test_a_server_vouches_for_user_ids_and_for_what_it_says_is_verified() -> None:
    traits = {"email": "a@b.cn", "email_verified": True, "phone": "13800138000", "name": "王伟"}
    event = only_event(body(message(type="identify", userId="u1", traits=traits)))
    assert event.name == "person.identified"
    assert event.claims == (
        Claim("user_id", "shop", "u1", True),
        Claim("cookie", "shop", "a1", False),
        Claim("phone", "", "13800138000", False),
        Claim("email", "", "a@b.cn", True),
    )
    assert event.traits == traits
    assert (event.trusted, event.origin) == (True, "server")


def test_a_browser_vouches_for_nothing() -> None:
    event = only_event(
        body(message(type="identify", userId="u1", traits={"email": "a@b.cn", "email_verified": True})), BROWSER
    )
    assert [claim.strong for claim in event.claims] == [False, False, False]
    assert event.trusted is False


def test_a_browser_user_id_that_the_server_signed_is_strong() -> None:
    secret = segment.identity_secret(b"secret of the installation", 1, "shop")
    signature = hmac.new(secret.encode(), b"u1", "sha256").hexdigest()
    good = only_event(body(message(userId="u1", context={"signature": signature})), BROWSER)
    assert good.claims[0] == Claim("user_id", "shop", "u1", True)
    for wrong in ("0" * 64, signature[:-1], "é", ""):
        event = only_event(body(message(userId="u1", context={"signature": wrong})), BROWSER)
        assert event.claims[0] == Claim("user_id", "shop", "u1", False)
    other = only_event(body(message(userId="u2", context={"signature": signature})), BROWSER)
    assert other.claims[0].strong is False


def test_an_alias_links_the_previous_id() -> None:
    event = only_event(body(message(type="alias", userId="u1", previousId="old")))
    assert event.name == "person.aliased"
    assert event.claims[-1] == Claim("user_id", "shop", "old", False)


@pytest.mark.parametrize(
    ("context", "source"),
    [
        (
            {"campaign": {"source": "WeChat", "medium": "Social", "name": "双11"}},
            Source("wechat", "social", "双11", ""),
        ),
        ({"click_ids": {"gclid": "x"}}, None),
        ({"clickIds": {"gclid": "x"}}, Source("google", "cpc", "", "")),
        ({"ly_code": "fair-1"}, Source("code", "", "", "fair-1")),
        (
            {"page": {"url": "https://a.cn/", "referrer": "https://www.baidu.com/s?wd=x"}},
            Source("baidu", "organic", "", ""),
        ),
        (
            {"page": {"url": "https://a.cn/", "referrer": "https://blog.example.org/x"}},
            Source("referral", "blog.example.org", "", ""),
        ),
        ({"page": {"url": "https://a.cn/b", "referrer": "https://a.cn/"}}, None),
        ({"page": {"url": "https://a.cn/", "referrer": "http://[broken"}}, None),
        ({}, None),
    ],
)
def test_the_source_is_read_from_the_evidence(context: dict[str, Any], source: Source | None) -> None:
    assert only_event(body(message(context=context))).source == source


def test_a_view_soon_after_a_click_names_who_clicked() -> None:
    at = 1_767_225_600  # 2026-01-01
    context = {"ly_click": click_mark("seen-by-the-redirect", at * 1_000_000)}
    told = {"type": "page", "anonymousId": "of-the-site", "context": context}
    soon = only_event(body(message(timestamp="2026-01-01T00:09:00Z", **told)))
    assert soon.claims == (
        Claim("cookie", "shop", "of-the-site", False),
        Claim("cookie", "default", "seen-by-the-redirect", False),
    )
    for late in (
        message(timestamp="2026-01-01T00:11:00Z", **told),
        message(timestamp="2026-01-01T00:09:00Z", **{**told, "type": "track"}),
        message(timestamp="2026-01-01T00:09:00Z", **{**told, "anonymousId": "seen-by-the-redirect"}),
    ):
        assert len(only_event(body(late)).claims) == 1


def test_programs_are_marked() -> None:
    bot = only_event(body(message(context={"userAgent": "Mozilla/5.0 (compatible; Baiduspider/2.0)"})))
    person = only_event(body(message(context={"userAgent": "Mozilla/5.0 (iPhone) MicroMessenger/8.0"})))
    assert (bot.machine, person.machine) == (True, False)


def test_a_context_given_once_for_the_batch_reaches_each_message() -> None:
    data = body(message(), context={"campaign": {"source": "email"}})
    assert only_event(data).source == Source("email", "", "", "")


@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen", "group", "alias"])
def test_each_single_call_takes_its_type_from_its_path(kind: str) -> None:
    fields = message(userId="u1", previousId="p", groupId="g")
    del fields["type"]
    event = only_event(json.dumps(fields).encode(), form=f"segment:{kind}")
    assert event.name == segment.NAMES.get(kind, "Product Viewed")
    assert json.loads(event.raw)["type"] == kind


def test_raw_holds_the_whole_event() -> None:
    fields = message(properties={"备注": "<script>'; DROP TABLE log; --", "n": 1.5})
    assert json.loads(only_event(body(fields)).raw) == fields
