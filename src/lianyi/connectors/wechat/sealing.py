"""Signatures and seals of the official account: SHA-1 over sorted parts, AES-256-CBC under the EncodingAESKey.

A sealed message is base64 of AES-256-CBC (initial vector: the key's first 16 bytes) over 16 random bytes, the length of
the message (4 bytes, big-endian), the message and the appid, padded by PKCS#7 to blocks of 32 bytes. Promises that what
does not open raises `SealBroken` and nothing else.
"""

import base64
import binascii
import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from lianyi.kernel.secret import Secret

BLOCK = 32  # bytes; AES itself has 16
RANDOM = 16
_LENGTH = 4


class SealBroken(Exception):
    """It was not sealed by this key, or not for this account."""


def signature(token: Secret, *parts: str) -> str:
    """SHA-1, in hex, of the token and the parts, sorted and put together."""
    said = "".join(sorted([token.reveal(), *parts])).encode("utf-8", "surrogatepass")
    return hashlib.sha1(said, usedforsecurity=False).hexdigest()


def signed_by(token: Secret, given: str, *parts: str) -> bool:
    """Whether `given` is their signature; takes the same time whichever it is."""
    return hmac.compare_digest(signature(token, *parts).encode(), given.lower().encode("utf-8", "surrogatepass"))


def seal(message: bytes, appid: str, key: Secret, random: bytes) -> str:
    """The message, sealed for this account; `random` are 16 fresh bytes."""
    text = random + len(message).to_bytes(_LENGTH, "big") + message + appid.encode()
    missing = BLOCK - len(text) % BLOCK
    sealing = _cipher(key).encryptor()
    return base64.b64encode(sealing.update(text + bytes([missing]) * missing) + sealing.finalize()).decode()


def opened(sealed: str, appid: str, key: Secret) -> bytes:
    """What was sealed. SealBroken when it was by another key, for another account, or when it is none."""
    try:
        packed = base64.b64decode("".join(sealed.split()), validate=True)
    except (binascii.Error, ValueError):
        raise SealBroken from None
    if not packed or len(packed) % BLOCK:
        raise SealBroken
    opening = _cipher(key).decryptor()
    text = opening.update(packed) + opening.finalize()
    missing = text[-1]
    if not 1 <= missing <= BLOCK or text[-missing:] != bytes([missing]) * missing:
        raise SealBroken
    text = text[RANDOM:-missing]
    length = int.from_bytes(text[:_LENGTH], "big")
    message, whose = text[_LENGTH : _LENGTH + length], text[_LENGTH + length :]
    if len(text) < _LENGTH or len(message) != length or not hmac.compare_digest(whose, appid.encode()):
        raise SealBroken
    return message


def _cipher(encoding_key: Secret) -> Cipher[CBC]:
    try:
        key = base64.b64decode(encoding_key.reveal() + "=")
    except (binascii.Error, ValueError):
        raise SealBroken from None
    if len(key) != 32:
        raise SealBroken
    return Cipher(AES256(key), CBC(key[:16]))
