"""The way past a link's password: the page that asks for it gives a token, and the edge takes it. No Django here.

A token is good for one link under its present password, for a few minutes.
"""

from lianyi.kernel.ids import digest
from lianyi.kernel.tokens import opened, signed
from lianyi.links.schemas import Link

PARAMETER = "open"  # of the link's address
SPAN = 300  # seconds


def token_for(secret: bytes, link: Link, now: float) -> str:
    """What somebody gets who knew the password; `now` in seconds."""
    return signed(secret, _purpose(link), "", int(now) + SPAN)


def is_open(secret: bytes, link: Link, token: str, now: float) -> bool:
    """Whether the token opens the link."""
    return opened(secret, _purpose(link), token, now) is not None


def _purpose(link: Link) -> str:
    return f"link:{link.number}:{digest(link.password).hex()}"
