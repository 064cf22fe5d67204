"""Tokens for live streams: made by the pages, checked by the edge, which runs without Django.

A token opens the ticks of one workspace until a moment, and nothing else; it is worth nothing for another one.
"""

from lianyi.kernel.tokens import opened, signed

SPAN = 3600  # seconds that a page's token is good for
_PURPOSE = "live"


def live_token(secret: bytes, workspace: int, until: int) -> str:
    """What a page needs to listen to its workspace's ticks; `until` in seconds since 1970."""
    return signed(secret, _PURPOSE, str(workspace), until)


def workspace_of(secret: bytes, token: str, now: float) -> int | None:
    """The workspace that a token opens; None when it is forged or too old."""
    said = opened(secret, _PURPOSE, token, now)
    return None if said is None else int(said)
