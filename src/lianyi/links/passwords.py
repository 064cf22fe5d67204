"""Passwords of links, kept as Argon2 hashes. No Django: the edge asks for them. Each check costs some 20 ms of a
processor and 19 MB, so whoever answers many callers runs it in a thread.
"""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lianyi.kernel.errors import Refused

LONGEST = 100  # characters
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # what OWASP asks for at least


def hashed(password: str) -> str:
    """What is kept of a password; "" of none. Refuses one that is too long."""
    if len(password) > LONGEST:
        raise Refused("link.password", "This password has more than {most} characters.", "Shorten it.", most=LONGEST)
    return _HASHER.hash(password) if password else ""


def opens(kept: str, password: str) -> bool:
    """Whether the password is the one of which this hash was kept."""
    try:
        return len(password) <= LONGEST and _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
