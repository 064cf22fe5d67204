"""The guard: whom it lets through, what it says to the others, and that its memory has an end."""

from itertools import count
from typing import Any

import pytest

from lianyi.growth.forms import guarding
from lianyi.growth.forms.guarding import SAID, Issue, Pace, Taken, Verdict, judge, seal, solved, stands_for, unseal
from lianyi.growth.forms.schemas import Guard

SECRET = b"an installation's"
AT = 1_800_000_000
ISSUE = Issue("k3f9", 2, AT, "ab" * 16, "zh", ("city",), ("wechat", "", "", "booth-3"))
GUARD = Guard(quickest=2, hours=24, work=8)


def answer_of(bits: int, nonce: str) -> str:
    return next(str(one) for one in count() if solved(bits, nonce, str(one)))


WORK = answer_of(8, ISSUE.nonce)


def test_an_issue_is_read_by_who_made_it_alone() -> None:
    token = seal(SECRET, ISSUE)
    assert unseal(SECRET, token, "k3f9", AT + 5) == ISSUE
    assert unseal(b"another's", token, "k3f9", AT + 5) is None
    assert unseal(SECRET, token, "k3f9", AT + 31 * 86_400) is None
    for forged in ("", "x", token[:-1], f"{token}x", "a.b.c", "…", "x" * 5_000):
        assert unseal(SECRET, forged, "k3f9", AT) is None


def test_its_event_follows_from_it() -> None:
    assert ISSUE.event_id == Issue("k3f9", 7, AT + 9, ISSUE.nonce, "en").event_id
    assert ISSUE.event_id != Issue("k3f8", 2, AT, ISSUE.nonce, "zh").event_id
    assert len(bytes.fromhex(ISSUE.event_id)) == 16


@pytest.mark.parametrize(
    ("verdict", "issue", "sent", "after"),
    [
        (Verdict.FINE, ISSUE, {"ly_work": [WORK]}, 2),
        (Verdict.FINE, ISSUE, {"ly_work": [WORK], "ly_website": [""]}, 86_400),
        (Verdict.FORGED, None, {"ly_work": [WORK]}, 5),
        (Verdict.FORGED, ISSUE, {"ly_work": [WORK]}, -120),
        (Verdict.TRAPPED, ISSUE, {"ly_work": [WORK], "ly_website": ["https://example.com"]}, 5),
        (Verdict.QUICK, ISSUE, {"ly_work": [WORK]}, 1),
        (Verdict.OLD, ISSUE, {"ly_work": [WORK]}, 86_401),
        (Verdict.UNCONFIRMED, ISSUE, {}, 5),
        (Verdict.UNCONFIRMED, ISSUE, {"ly_work": ["x"]}, 5),
        (Verdict.UNCONFIRMED, ISSUE, {"ly_work": ["9" * 13]}, 5),
    ],
)
def test_the_verdict(verdict: Verdict, issue: Issue | None, sent: dict[str, Any], after: int) -> None:
    assert judge(GUARD, issue, sent, "", AT + after) == verdict
    assert verdict in SAID or verdict is Verdict.FINE


def test_an_issue_is_of_one_form() -> None:
    assert unseal(SECRET, seal(SECRET, ISSUE), "another", AT + 5) is None


def test_without_scripts_the_same_answers_are_confirmed_once_more() -> None:
    answers = {"name": "访客一", "topics": ["a", "b"]}
    confirmed = Issue("k3f9", 2, AT, ISSUE.nonce, "zh", confirmed=stands_for(answers))
    assert judge(GUARD, confirmed, {}, stands_for(dict(reversed(answers.items()))), AT + 5) == Verdict.FINE
    for other in ({**answers, "name": "访客二"}, {**answers, "more": "x"}, {"name": "访客一"}):
        assert judge(GUARD, confirmed, {}, stands_for(other), AT + 5) == Verdict.UNCONFIRMED


def test_a_form_without_a_puzzle_asks_nobody_to_confirm() -> None:
    assert judge(Guard(work=0), ISSUE, {}, "", AT + 5) == Verdict.FINE


@pytest.mark.parametrize("bits", [1, 5, 12])
def test_the_puzzle_is_as_hard_as_it_says(bits: int) -> None:
    share = sum(solved(bits, "nonce", str(one)) for one in range(1 << (bits + 4))) / (1 << (bits + 4))
    assert 0.2 < share * (1 << bits) < 3


def test_a_caller_is_held_back_and_nobody_else() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert [pace.wait("f", "192.0.2.1", 3) for _ in range(4)] == [0, 0, 0, 21]
    assert pace.wait("f", "192.0.2.2", 3) == 0
    assert pace.wait("g", "192.0.2.1", 3) == 0
    now[0] = 20.0
    assert [pace.wait("f", "192.0.2.1", 3) for _ in range(2)] == [0, 21]
    assert [pace.wait("f", "192.0.2.1", 0) for _ in range(100)] == [0] * 100


def test_one_network_of_ipv6_is_one_caller() -> None:
    pace = Pace(lambda: 0.0)
    found = [pace.wait("f", address, 1) for address in ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1", "")]
    assert found == [0, 61, 0, 0]


def test_memory_has_an_end() -> None:
    pace, taken = Pace(lambda: 0.0, most=3), Taken(most=3)
    for one in range(10):
        pace.wait("f", f"192.0.2.{one}", 1)
        taken.add(str(one))
    assert len(pace) == 3
    assert [str(one) in taken for one in range(10)] == [False] * 7 + [True] * 3


def test_no_address_is_kept() -> None:
    pace = Pace(lambda: 0.0)
    pace.wait("f", "192.0.2.77", 1)
    assert "192.0.2.77" not in repr(vars(pace))
    assert guarding.nonce() != guarding.nonce()
