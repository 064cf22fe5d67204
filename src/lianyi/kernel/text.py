"""Text as people type it: cleaned once at the door, and cut into bigrams for search.

Chinese has no spaces, and PostgreSQL's trigrams need three characters and an extension; pairs of characters in a
GIN-indexed text[] find a name of two characters at a million rows in well under a millisecond. A character that is a
word by itself is a term too, since many look for everybody called 王.
"""

import re
import unicodedata

_CONTROL = re.compile(  # \x85 is a break of lines, as those of ASCII are
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
# Characters that are words or syllables: kana, Han with its extensions, Hangul; migration 0005 of profiles has them.
_WORDS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_SPACE = re.compile(r"\s+")


def clean(value: str) -> str:
    """NFKC (full-width digits become plain), no control or invisible characters, spaces collapsed, ends trimmed."""
    if value.isascii() and value.isprintable() and "  " not in value:
        return value.strip(" ")  # what the lines below would do to it, at a fifth of the price
    text = unicodedata.normalize("NFKC", value)
    return _SPACE.sub(" ", _CONTROL.sub("", text)).strip()


def is_name(text: str, most: int) -> bool:
    """Whether it has 1 to `most` characters, all of which can be printed, and no blanks around them."""
    return 0 < len(text) <= most and text.isprintable() and text == text.strip()


def bigrams(value: str) -> list[str]:
    """The distinct pairs of neighbouring characters of `value`, cleaned and case-folded, sorted; one character stands
    for itself. A text contains a query of two or more characters only if it has all of the query's bigrams.
    """
    return sorted(_pairs(_bare(value)))


def search_terms(name: str) -> list[str]:
    """What a name is found by: its bigrams, and each of its characters that is a word, sorted. A name contains a query
    only if it has all of the query's bigrams among these, where the query is one such character, too.
    """
    text = _bare(name)
    return sorted(_pairs(text) | set(() if text.isascii() else _WORDS.findall(text)))


def _bare(value: str) -> str:
    return clean(value).casefold().replace(" ", "")


def _pairs(text: str) -> set[str]:
    if len(text) < 2:
        return {text} if text else set()
    return {text[i : i + 2] for i in range(len(text) - 1)}
