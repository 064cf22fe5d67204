"""Machine marks: events that a program made, kept whole but never counted or scored.

The list of crawlers is the public one of the package crawler-user-agents; what it leaves out and a marketing system
meets daily, the link scanners of mail gateways, is added here.
"""

import re
from functools import lru_cache

from crawleruseragents import is_crawler

_SCANNERS = re.compile(r"safelinks|mimecast|proofpoint|barracuda|messagelabs|fireeye|trendmicro", re.IGNORECASE)


@lru_cache(maxsize=10_000)
def is_machine(user_agent: str) -> bool:
    """Whether a browser's user-agent text names a crawler, a link scanner, a monitor or a bare HTTP client."""
    return bool(is_crawler(user_agent)) or _SCANNERS.search(user_agent) is not None
