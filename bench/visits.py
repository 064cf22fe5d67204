"""Who comes, for measuring: phones, desktops and a machine that looks at links, three in four of them again."""

import random
from collections.abc import Callable

from bench import load

VISITORS = 30_000
AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.49",
    "Mozilla/5.0 (Linux; Android 14; V2203A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0 Safari/537.36",
    "Twitterbot/1.0",
)


def visits(count: int, path: Callable[[random.Random], str], **headers: str) -> list[bytes]:
    """So many requests, each for the path that is drawn for it."""
    chance = random.Random(1)
    found = []
    for _ in range(count):
        told = {"user_agent": chance.choice(AGENTS), "accept_language": "zh-CN,zh;q=0.9", **headers}
        if chance.random() < 0.75:
            told["cookie"] = f"ly_id=visitor-{chance.randrange(VISITORS)}"
        found.append(load.visit(path(chance), **told))
    return found
