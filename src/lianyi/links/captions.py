"""What is said beside a code, as a look has it: up to three lines, in which {name}, {holder} and {address} stand for
what the code's link says. No Django.
"""

import re
from collections.abc import Sequence

from lianyi.kernel.errors import Refused
from lianyi.kernel.text import clean
from lianyi.links.checking import LONGEST
from lianyi.links.drafts import LinkLine

USUAL = "{name}\n{holder}\n{address}"
MOST_LINES = 3
_PLACE = re.compile(r"\{(name|holder|address)\}")


def checked_caption(text: str) -> str:
    """The caption, each line cleaned. Refuses more than MOST_LINES lines and long ones; empty lines at the end go."""
    lines = [clean(line) for line in text.replace("\r\n", "\n").rstrip().split("\n")]
    if len(lines) > MOST_LINES or any(len(line) > LONGEST for line in lines):
        raise Refused(
            "look.caption", "A caption has {most} lines at most, of {longest} characters at most.", "Shorten it.",
            most=MOST_LINES, longest=LONGEST,
        )  # fmt: skip
    return "\n".join(lines)


def said_beside(caption: str, line: LinkLine, address: str) -> Sequence[str]:
    """The three lines beside the code of a link, whatever is empty as ""; `address` is the link's own."""
    short = "" if line.link.kind == "wechat" else address.partition("://")[2]  # nobody types WeChat's
    places = {"name": line.name or line.link.code, "holder": line.link.holder, "address": short}
    lines = [_PLACE.sub(lambda found: places[found[1]], one).strip() for one in caption.split("\n")]
    return [*lines, *[""] * (MOST_LINES - len(lines))]
