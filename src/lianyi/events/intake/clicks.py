"""The mark of a click: what a redirect adds to an address as `ly_click`, so that the site it leads to knows the visitor
as whom the redirect saw.

It names the cookie that the visitor has at the redirect, and when. The site's tracker passes it on; a view of a page
within ten minutes links that cookie to the site's own. An address that is passed on to a friend later links nobody.
"""

import re

from lianyi.kernel.clock import MINUTE, SECOND

GOOD_FOR = 10 * MINUTE
_MARK = re.compile(r"([\w-]{8,64})\.([0-9a-f]{1,12})", re.ASCII)


def click_mark(cookie: str, at: int) -> str:
    """The mark of a click at `at` (µs) by whom `cookie` names."""
    return f"{cookie}.{at // SECOND:x}"


def clicked_by(mark: str, at: int) -> str | None:
    """The cookie that a mark names; None for what is no mark, and for one that is too old at `at`. Clocks may differ by
    a minute.
    """
    found = _MARK.fullmatch(mark)
    if found is None or not -MINUTE <= at - int(found[2], 16) * SECOND <= GOOD_FOR:
        return None
    return found[1]
