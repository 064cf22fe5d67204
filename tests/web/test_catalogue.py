"""The catalogue holds every string of the pages, translated, with the same places to fill in."""

import re

from lianyi.web.catalogue import messages, missing, read

_PLACE = re.compile(r"%\(\w+\)s|\{[^}]*\}|<[^>]+>|`[^`]+`")


def test_every_string_of_the_pages_is_translated() -> None:
    assert missing(read(), "web/") == []  # `python -m lianyi.web.catalogue` adds what is new


def test_translations_fill_in_the_same_places() -> None:
    for message in read():
        texts = [message.id] if isinstance(message.id, str) else list(message.id)
        said = [message.string] if isinstance(message.string, str) else list(message.string)
        if texts[0] and said[0]:
            assert sorted(set(_PLACE.findall(said[0]))) == sorted(set(_PLACE.findall(texts[-1]))), texts[0]


def test_pages_are_among_what_is_read() -> None:
    found = {text for _, text, _ in messages()}
    assert {"Overview", "Sign in", "AISAS funnel"} <= found
