"""The language of the command line: English in the source, translated by the catalogue that the pages use.

Lines that programs read (`Ready …`, `Sign in …`, JSON, column names) are never translated.
"""

import os
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

from lianyi.kernel.sentences import Sentence

_CATALOGUES = Path(__file__).parents[1] / "locale"
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # in the order that gettext asks them


def _(text: str) -> str:
    """`text` in the language of the terminal."""
    return _translations().gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """The same of a text that shows a count."""
    return _translations().ngettext(one, many, count)


def tell(sentence: Sentence) -> str:
    """A sentence of another room in the language of the terminal."""
    return sentence.told(_)


def language() -> str:
    """The terminal's, by the name that Django knows it by: for sentences that other rooms make."""
    named = next((value for name in _VARIABLES if (value := os.environ.get(name))), "")
    return "zh-hans" if named.lower().startswith("zh") else "en"


@cache
def _translations() -> NullTranslations:
    languages = ["zh_Hans"] if language() == "zh-hans" else []
    return translation("django", _CATALOGUES, languages, fallback=True)
