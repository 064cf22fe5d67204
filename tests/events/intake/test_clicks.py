import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.events.intake.clicks import GOOD_FOR, click_mark, clicked_by
from lianyi.kernel.clock import DAY, MINUTE, SECOND

AT = 1_790_000_000 * SECOND
COOKIE = "3f2c9a1e-77aa-4c0b-9d5e-0123456789ab"


def test_a_mark_names_the_cookie_for_ten_minutes() -> None:
    mark = click_mark(COOKIE, AT)
    assert clicked_by(mark, AT) == COOKIE
    assert clicked_by(mark, AT + GOOD_FOR) == COOKIE
    assert clicked_by(mark, AT + GOOD_FOR + SECOND) is None
    assert clicked_by(mark, AT + DAY) is None


def test_clocks_may_differ_by_a_minute() -> None:
    mark = click_mark(COOKIE, AT)
    assert clicked_by(mark, AT - MINUTE) == COOKIE
    assert clicked_by(mark, AT - MINUTE - SECOND) is None


@pytest.mark.parametrize("mark", ["", ".", "short.1", COOKIE, f"{COOKIE}.", f"{COOKIE}.xyz", f"{COOKIE}.{'f' * 13}"])
def test_what_is_no_mark_names_nobody(mark: str) -> None:
    assert clicked_by(mark, AT) is None


@given(st.text())
def test_any_text_is_survived(mark: str) -> None:
    assert clicked_by(mark, AT) is None
