"""What was typed, tidied before it is judged. The browser does the same (web/public/forms/tidying.ts), sign by sign.

A text stays what was typed: full-width commas are commas of Chinese, and `=1+1` or `<b>` are texts like any other; only
what nobody sees or what turns a line around goes. Numbers, addresses and days are read in their plain spelling.
"""

import re
import unicodedata

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060]")
_BLANKS = "[ \t\n\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_ENDS = re.compile(f"^{_BLANKS}+|{_BLANKS}+$")
_BREAKS = re.compile("\r\n?")
_WITHIN = re.compile(f"{_BLANKS}+")
_DIALLED = re.compile(r"[-().·/~ ]")


def lines(text: str) -> str:
    """A text of several lines."""
    return _ENDS.sub("", _UNSEEN.sub("", _BREAKS.sub("\n", text)))


def line(text: str) -> str:
    """A text of one line: a break in it is a blank."""
    return lines(text).replace("\n", " ").replace("\t", " ")


def plain(text: str) -> str:
    """The spelling of an address, a number or a day: plain digits and letters, no blanks around or doubled."""
    shown = _INVISIBLE.sub("", lines(text))
    return _ENDS.sub("", _WITHIN.sub(" ", unicodedata.normalize("NFKC", shown)))


def packed(text: str) -> str:
    """The same without any blank."""
    return plain(text).replace(" ", "")


def dialled(text: str) -> str:
    """A phone number without what is only there to be read more easily."""
    return _DIALLED.sub("", plain(text))
