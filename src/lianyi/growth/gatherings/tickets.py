"""Tickets: a signed word that stands for one registration, and its code, which people can type. No Django here.

A ticket says of which gathering and registration it is and nothing of anybody. It is the same whenever it is made, so
that a list of codes tells a phone without a network which tickets there are; whether one is good is said by the
registration, never by the word alone.
"""

from base64 import b32encode
from hashlib import sha256
from typing import NamedTuple

import msgspec

from lianyi.kernel.tokens import opened, signed

PURPOSE = "ticket"
LONGEST = 300  # characters
CODE_SIGNS = 10  # of 32: a code is guessed once in 10^15 tries
_ALWAYS = 99_999_999_999  # seconds since 1970


class Ticket(NamedTuple):
    """What a ticket says."""

    gathering: int
    registration: bytes


def ticket_for(secret: bytes, gathering: int, registration: bytes) -> str:
    """The ticket of a registration."""
    said = msgspec.json.encode([gathering, registration.hex()]).decode()
    return signed(secret, PURPOSE, said, _ALWAYS)


def ticket_in(secret: bytes, token: str, now: float) -> Ticket | None:
    """What a ticket says; None for none of ours."""
    text = opened(secret, PURPOSE, token, now) if 0 < len(token) <= LONGEST and token.isascii() else None
    if text is None:
        return None
    gathering, registration = msgspec.json.decode(text, type=tuple[int, str])
    return Ticket(gathering, bytes.fromhex(registration))


def code_of(token: str) -> str:
    """The code of a ticket: what phones know it by when there is no network, and what people type."""
    return b32encode(sha256(token.encode()).digest()[:7]).decode()[:CODE_SIGNS]


def code_in(typed: str) -> str:
    """A code as somebody typed it: no blanks and dashes, and no digits that it never has."""
    plain = "".join(sign for sign in typed.upper() if sign.isalnum())
    return plain.replace("0", "O").replace("1", "I").replace("8", "B")[:CODE_SIGNS]


def spaced(code: str) -> str:
    """The code as it is printed."""
    return f"{code[:5]} {code[5:]}"
