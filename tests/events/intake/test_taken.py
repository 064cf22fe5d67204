"""What the door takes can be read by everybody behind it, and the fast way takes nothing that the slow one refuses."""

import json
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.events.intake.test_segment import BROWSER, NOW, SERVER, SIGNED, message

from lianyi.events.intake import segment, sensors
from lianyi.events.intake.limits import Accepted, BadBody
from lianyi.events.intake.packing import ids_in
from lianyi.events.log import decoding
from lianyi.events.log.decoding import decode_row, raw_events

# As it stands in a body: hypothesis picks what no encoder would write.
ODD = [
    *("1e400", "-1E+400", "1e00000400", "1" * 310 + ".0", "0.1e9999", "1" * 4_301, "1e-400", "12e3", "1" * 400),
    *(
        '"\\u0000"',
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"\\u0041"',
        '"4e123"',
        '"\x7f涟漪"',
        "null",
        "true",
        '""',
        "5",
        "[]",
    ),
    *("{}", "[[1e999]]", '{"a":{"b":[1e400]}}', "[" * 17 + "]" * 17, '{"a":' * 20 + "1" + "}" * 20, "NaN", "01", "-"),
]
STATED = ["properties", "traits", "context", "groupId", "previousId", "userId", "event", "type", "timestamp", "other"]
SA = ["properties", "identities", "time", "_track_id", "original_id", "event", "type", "distinct_id", "lib", "other"]
KINDS = ["track", "identify", "page", "screen", "group", "alias"]
CALLS = [
    "track",
    "track_signup",
    "profile_set",
    "profile_increment",
    "profile_append",
    "profile_unset",
    "profile_delete",
]


@st.composite
def texts(draw: st.DrawFn, base: dict[str, object], fields: list[str], kinds: list[str]) -> bytes:
    """JSON of an ordinary event with some fields stated again, oddly, before or after."""
    sound = json.dumps({**base, "type": draw(st.sampled_from(kinds))})[1:-1]
    odd = [f'"{draw(st.sampled_from(fields))}":{draw(wrapped())}' for _ in range(draw(st.integers(0, 2)))]
    cut = draw(st.integers(0, len(odd)))
    return ("{" + ",".join([*odd[:cut], sound, *odd[cut:]]) + "}").encode()


@st.composite
def wrapped(draw: st.DrawFn) -> str:
    value = draw(st.sampled_from(ODD))
    return draw(st.sampled_from(["%s", '{"a":%s}', '{"a":[1,%s]}', '{"campaign":%s}', '{"campaign":{"x":%s}}'])) % value


MESSAGES = texts(message(userId="u1"), STATED, KINDS)
BODIES = st.lists(MESSAGES, min_size=1, max_size=4).map(lambda found: b'{"batch":[%b]}' % b",".join(found))
SENSORS = texts(
    {"event": "Viewed", "distinct_id": "d1", "original_id": "o1", "time": NOW // 1000, "properties": {"a": 1}},
    SA,
    CALLS,
)


def check_readable(form: str, accepted: Accepted) -> None:
    out = [place for place in range(len(accepted.ids) // 24) if not any(ids_in(accepted.ids)[16 * place :][:16])]
    decoded = decode_row(
        key=7, form=form, received_at=NOW, ids=accepted.ids, body=accepted.body, offset=0, left_out=out, signed=SIGNED
    )
    assert decoded.failed == []
    assert len(decoded.events) == accepted.taken
    raws = raw_events(form, accepted.body) if accepted.taken else []
    for event in decoded.events:
        assert event.raw == raws[event.position]
        msgspec.json.decode(event.raw)


@pytest.fixture(autouse=True, params=[SERVER, BROWSER])
def _key(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "key_of", lambda _: request.param)


def anyhow(accept: Callable[[], Accepted], form: str) -> None:
    try:
        accepted = accept()
    except BadBody:
        return
    check_readable(form, accepted)


@settings(max_examples=200, deadline=None)
@given(BODIES)
def test_what_segments_door_takes_is_readable(body: bytes) -> None:
    anyhow(lambda: segment.accept(body, "segment", SERVER, NOW), "segment")


@settings(max_examples=200, deadline=None)
@given(MESSAGES, st.sampled_from(KINDS))
def test_a_single_call_that_is_taken_is_readable(body: bytes, kind: str) -> None:
    form = f"segment:{kind}"
    anyhow(lambda: segment.accept(body, form, SERVER, NOW), form)


@settings(max_examples=200, deadline=None)
@given(st.lists(SENSORS, min_size=1, max_size=3).map(lambda found: b"[%b]" % b",".join(found)) | SENSORS)
def test_what_the_door_of_sensors_takes_is_readable(body: bytes) -> None:
    anyhow(lambda: sensors.accept(body, SERVER, NOW), "sensors")


@settings(max_examples=200, deadline=None)
@given(BODIES)
def test_the_fast_way_takes_only_what_the_slow_way_takes_alike(body: bytes) -> None:
    seed = SERVER.id.to_bytes(8, "little")
    fast = segment._accept_plain(body, seed, NOW)
    assert fast is None or fast == segment._accept_slowly(body, seed, NOW)


@pytest.mark.parametrize("value", ["1e400", "-1E+400", "1e00000400", "1" * 310 + ".0", "1" * 4_301])
@pytest.mark.parametrize("field", ["properties", "other", "context"])
def test_a_number_beyond_all_numbers_gets_its_reason(field: str, value: str) -> None:
    bad = json.dumps(message(messageId="m2", **{field: {"a": 0}})).replace('{"a": 0}', f'{{"a": {value}}}')
    body = f'{{"batch":[{json.dumps(message())},{bad}]}}'.encode()
    accepted = segment.accept(body, "segment", SERVER, NOW)
    assert (accepted.taken, [(one.place, one.code) for one in accepted.refused]) == (1, [(1, "event.invalid")])


def test_fields_stated_twice_are_judged_twice() -> None:
    bad = json.dumps(message(type="identify", messageId="m2"))[:-1] + ',"traits":5,"traits":{}}'
    accepted = segment.accept(f'{{"batch":[{json.dumps(message())},{bad}]}}'.encode(), "segment", SERVER, NOW)
    assert (accepted.taken, [(one.place, one.code) for one in accepted.refused]) == (1, [(1, "event.invalid")])
