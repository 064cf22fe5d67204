"""Secrets and signatures of the Standard Webhooks specification, version 1: HMAC-SHA256 (RFC 2104) in base64."""

import base64
import hmac
import os
from collections.abc import Iterable

from lianyi.kernel.secret import Secret

PREFIX = "whsec_"
_BYTES = 32  # the specification asks for 24 to 64


def fresh_secret() -> Secret:
    """A new one: `whsec_` and 256 random bits in base64."""
    return Secret(PREFIX + base64.b64encode(os.urandom(_BYTES)).decode())


def signature(secrets: Iterable[Secret], message: str, timestamp: int, body: bytes) -> str:
    """The header webhook-signature: one signature for each secret, with a blank between."""
    signed = f"{message}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_sign(secret, signed)}" for secret in secrets)


def _sign(secret: Secret, signed: bytes) -> str:
    key = base64.b64decode(secret.reveal().removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
