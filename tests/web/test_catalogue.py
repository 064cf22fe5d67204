"""The catalogue holds every string of the pages and the command line, translated, with the same places to fill in."""

import re

from lianyi.web.catalogue import messages, missing, read

_PLACE = re.compile(r"%\(\w+\)s|\{[^}]*\}|<[^>]+>|`[^`]+`")
_QUOTED = re.compile(r"(\{\w+)!r(\})")  # Chinese has its own quotation marks


def test_every_string_is_translated() -> None:
    assert missing(read()) == []  # `python -m lianyi.web.catalogue` adds what is new


def test_chinese_has_its_own_punctuation() -> None:
    """Between Chinese words stand full-width marks."""
    narrow = re.compile(r"[\u4e00-\u9fff][,;:!?]|[,;!?][\u4e00-\u9fff]")
    said = [
        one for message in read() for one in ([message.string] if isinstance(message.string, str) else message.string)
    ]
    assert [text for text in said if narrow.search(text)] == []


def test_translations_fill_in_the_same_places() -> None:
    for message in read():
        texts = [message.id] if isinstance(message.id, str) else list(message.id)
        said = [message.string] if isinstance(message.string, str) else list(message.string)
        if texts[0] and said[0]:
            assert sorted(set(_PLACE.findall(said[0]))) == sorted(
                set(_PLACE.findall(_QUOTED.sub(r"\1\2", texts[-1])))
            ), texts[0]


def test_pages_and_verbs_are_among_what_is_read() -> None:
    found = {text for _, text, _ in messages()}
    assert {"Overview", "Sign in", "AISAS funnel", "No dead letters."} <= found
