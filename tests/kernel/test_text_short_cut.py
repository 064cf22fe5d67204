"""The short cut of `clean` for plain text."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from lianyi.kernel import text


@given(st.text(st.characters(max_codepoint=0x17F), max_size=12))
@example(" a b ")
@example("a\tb")
@example("a  b")
@example("\x7fa")
def test_the_short_cut_says_what_the_long_way_says(value: str) -> None:
    long_way = text._SPACE.sub(" ", text._CONTROL.sub("", unicodedata.normalize("NFKC", value))).strip()
    assert text.clean(value) == long_way
