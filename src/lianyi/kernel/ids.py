"""Identifiers: what is random, what is a hash, and how a secret is made.

A digest is 16 bytes of BLAKE2b: long enough that two different inputs never meet, short enough for a column.
"""

import secrets
from hashlib import blake2b

DIGEST_BYTES = 16


def digest(*parts: str | bytes) -> bytes:
    """16 bytes that stand for `parts` in this order. Lengths are hashed too, so ("ab", "c") is not ("a", "bc")."""
    hasher = blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        hasher.update(len(data).to_bytes(4, "little"))
        hasher.update(data)
    return hasher.digest()


def new_secret(prefix: str) -> str:
    """A fresh URL-safe secret of 192 random bits behind `prefix`, e.g. `lyw_…` for a server write key."""
    return f"{prefix}_{secrets.token_urlsafe(24)}"


def secret_hash(secret: str) -> bytes:
    """What a store keeps of a high-entropy secret. Not for passwords, which people choose."""
    return blake2b(secret.encode(), digest_size=32, person=b"lianyi.secret").digest()
