"""What a name is found by: pairs of characters, and each character that is a word."""

from hypothesis import given
from hypothesis import strategies as st

from lianyi.kernel.text import bigrams, search_terms

_LETTERS = "王小明欧さ김𠮷ab"


def test_terms_are_pairs_and_words() -> None:
    assert search_terms("王小明") == ["小", "小明", "明", "王", "王小"]
    assert search_terms("Anna 王") == ["an", "a王", "na", "nn", "王"]
    assert search_terms("Bo") == ["bo"]
    assert search_terms("A") == ["a"]
    assert search_terms("김さ𠮷") == sorted(["김", "さ", "𠮷", "김さ", "さ𠮷"])
    assert search_terms(" \u200b") == []


@given(st.text(_LETTERS), st.text(_LETTERS, min_size=1, max_size=4), st.text(_LETTERS))
def test_a_name_has_the_terms_of_every_part_of_it(before: str, part: str, after: str) -> None:
    found = set(search_terms(before + part + after))
    if len(part) > 1 or part not in "ab":
        assert set(bigrams(part)) <= found
    assert set(bigrams(before + part + after)) <= found
