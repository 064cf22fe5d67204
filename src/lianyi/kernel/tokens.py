"""Tokens that say one thing until a moment, and that only the installation can have made: links, forms and streams
carry them. They are signed, not sealed: whoever holds one can read it.

A token is good for the purpose that it was made for and for no other.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

_MAC = 22  # characters: 132 bits


def signed(secret: bytes, purpose: str, text: str, until: int) -> str:
    """`text`, good until a moment in seconds since 1970, as one word for an address."""
    said = f"{urlsafe_b64encode(text.encode()).rstrip(b'=').decode()}.{until}"
    return f"{said}.{_mac(secret, purpose, said)}"


def opened(secret: bytes, purpose: str, token: str, now: float) -> str | None:
    """What the token says; None when it is forged, of another purpose, or too old."""
    said, _, mac = token.rpartition(".")
    if not hmac.compare_digest(_mac(secret, purpose, said).encode(), mac.encode("utf-8", "replace")):
        return None
    text, _, until = said.rpartition(".")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode() if int(until) > now else None


def _mac(secret: bytes, purpose: str, said: str) -> str:
    """Bound to the purpose by its length too, so that no purpose and text read as another's."""
    hashed = hmac.digest(secret, f"{len(purpose)}:{purpose}:{said}".encode("utf-8", "replace"), "sha256")
    return urlsafe_b64encode(hashed).decode()[:_MAC]
