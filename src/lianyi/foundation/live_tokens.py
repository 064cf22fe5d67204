"""Tokens for live streams: made by the pages, checked by the edge, which runs without Django.

A token opens the ticks of one workspace until a moment, and nothing else; it is worth nothing for another one.
"""

import hmac

SPAN = 3600  # seconds that a page's token is good for


def live_token(secret: bytes, workspace: int, until: int) -> str:
    """What a page needs to listen to its workspace's ticks: `workspace.until.mac`; `until` in seconds since 1970."""
    mac = hmac.new(secret, f"live:{workspace}:{until}".encode(), "sha256").hexdigest()[:32]
    return f"{workspace}.{until}.{mac}"


def workspace_of(secret: bytes, token: str, now: float) -> int | None:
    """The workspace that a token opens; None when it is forged or too old."""
    try:
        workspace, until, _ = token.split(".")
        good = live_token(secret, int(workspace), int(until))
        same = hmac.compare_digest(good, token)
    except (ValueError, TypeError):
        return None
    return int(workspace) if same and int(until) > now else None
