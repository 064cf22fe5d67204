"""Options as they are typed: a line each, the value, and behind strokes how it reads in Chinese and in English.

A stroke of a text is written `\\|`, a backslash `\\\\`, and a line that ends within a text `\\n`, so nothing is lost
there and back.
"""

import re
from collections.abc import Iterable
from typing import Any

from lianyi.growth.forms.fields import Option

_PART = re.compile(r"((?:[^|\\]|\\.|\\\Z)*)(?:\||\Z)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def lines_of_options(options: Iterable[Option]) -> str:
    """The options, as they are typed."""
    return "\n".join(_line(one) for one in options)


def options_in(text: str) -> list[dict[str, Any]]:
    """The JSON of the options that these lines say."""
    found = []
    for line in filter(None, (one.strip() for one in text.split("\n"))):
        value, *labels = (_plain(part) for part in _PART.findall(line))
        words = {tongue: label for tongue, label in zip(("zh", "en"), labels, strict=False) if label}
        found.append({"value": value, **({"label": words} if words else {})})
    return found


def _line(option: Option) -> str:
    parts = [option.value, option.label.zh, option.label.en]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return " | ".join(part.replace("\\", r"\\").replace("|", r"\|").replace("\n", r"\n") for part in parts)


def _plain(part: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], part.strip())
