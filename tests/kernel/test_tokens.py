from hypothesis import given
from hypothesis import strategies as st

from lianyi.kernel.tokens import opened, signed

SECRET = b"a secret of the installation"


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_token_says_what_it_was_made_of(purpose: str, text: str) -> None:
    token = signed(SECRET, purpose, text, 1_000)
    assert opened(SECRET, purpose, token, 999.9) == text
    assert token.isascii()
    assert not set(token) & set("/?#&=+ ;,\"'")


def test_a_token_ends_and_is_good_for_one_purpose_and_one_secret() -> None:
    token = signed(SECRET, "form", "7", 1_000)
    assert opened(SECRET, "form", token, 1_000) is None
    assert opened(SECRET, "file", token, 1) is None
    assert opened(b"another", "form", token, 1) is None
    assert opened(SECRET, "form", token.replace(".1000.", ".9999."), 1) is None


def test_purpose_and_text_do_not_run_together() -> None:
    assert signed(SECRET, "a", "x", 1).rpartition(".")[2] != signed(SECRET, "a:", "x", 1).rpartition(".")[2]


@given(st.text())
def test_no_text_at_all_opens(token: str) -> None:
    assert opened(SECRET, "form", token, 1) is None
